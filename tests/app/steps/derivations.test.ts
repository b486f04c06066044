// What the microscope says must be what the trace holds: stages, formulas with their numbers, arrows, keys.
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { rowOf, valueAt, type StepTrace } from '../../../src/run/trace.ts';
import { arrowLayout } from '../../../src/app/steps/microscope/arrowLayout.ts';
import { gradientArrows, dot, norm, principalPlane } from '../../../src/app/steps/microscope/arrows.ts';
import { cosineChanges } from '../../../src/app/steps/microscope/changes.ts';
import { scaleAround, ticksOn } from '../../../src/app/steps/microscope/derived.ts';
import {
  anchorsWith,
  defaultAnchor,
  follow,
  hingesOf,
  nearestColumns,
  neighbourOf,
} from '../../../src/app/steps/microscope/followed.ts';
import { textTex } from '../../../src/app/steps/microscope/forwardFormulas.ts';
import { FORMULAS } from '../../../src/app/steps/microscope/formulas.ts';
import { heatGradient } from '../../../src/app/steps/microscope/heat.ts';
import { termIndex, termIds, textParts } from '../../../src/app/steps/microscope/highlight.ts';
import {
  initialSelection,
  queryTokens,
  stageDataOf,
  withPointed,
  type StageData,
} from '../../../src/app/steps/microscope/stageData.ts';
import {
  decimalsApart,
  figuresTex,
  knobTex,
  numberTex,
  numberText,
} from '../../../src/app/steps/microscope/numbers.ts';
import {
  actionOf,
  AT_START,
  beatsOf,
  jumpTo,
  nextPlayback,
  type PlaybackAction,
} from '../../../src/app/steps/microscope/playback.ts';
import { plainText, stageText, stageTitle } from '../../../src/app/steps/microscope/stageText.ts';
import { stagesOf, type StageKind } from '../../../src/app/steps/microscope/stages.ts';
import { makeTrace } from './fixture.ts';

const trace = makeTrace();
const dataOf = (of: StepTrace, anchor = defaultAnchor(of), layer = 0): StageData =>
  stageDataOf(of, { ...initialSelection(of), anchor }, layer);
/** A formula without what marks its terms. */
const formula = (kind: StageKind, data: StageData): string =>
  FORMULAS[kind](data)
    .lines.join('\n')
    .replace(/\\htmlData\{term=[^}]*\}/g, '')
    .replace(/[{}]/g, '');

describe('stages', () => {
  it('are those of the step, in the order in which they happen', () => {
    expect(stagesOf(makeTrace({ head: true })).map(({ id }) => id)).toEqual([
      ...['sentence', 'tokens', 'embeddings', 'attention-0', 'attention-1', 'pooling', 'head', 'cosines'],
      ...['softmax', 'loss', 'ht', 'gradient', 'clip', 'update', 'after'],
    ]);
  });

  it('leave out what the step does not have, and have one for each layer', () => {
    const ids = (of: StepTrace) => stagesOf(of).map(({ id }) => id);
    expect(ids(trace)).not.toContain('head');
    expect(ids(makeTrace({ hierarchical: false }))).not.toContain('ht');
    expect(ids(makeTrace({ generated: 0 }))).not.toContain('ht');
    expect(ids(makeTrace({ layers: 4 })).filter((id) => id.startsWith('attention'))).toHaveLength(4);
  });

  it('each have a title, a sentence without holes, and TeX that can be set', () => {
    for (const given of [
      { head: true },
      { hierarchical: false, pooling: 'cls', optimizer: 'adamw-torch' },
      { pooling: 'mask', maxGradNorm: 0 },
    ] as const) {
      const of = makeTrace(given);
      for (const stage of stagesOf(of))
        for (const anchor of [0, defaultAnchor(of)]) {
          const data = dataOf(of, anchor, stage.layer);
          const said = plainText(stageText(stage, data));
          expect(said, stage.id).not.toMatch(/\{\{|\]\(|NaN|undefined|microscope\./);
          expect(stageTitle(stage), stage.id).not.toMatch(/\{\{|microscope\./);
          const { lines, terms } = FORMULAS[stage.kind](data);
          expect(terms.length, stage.id).toBeGreaterThan(0);
          for (const tex of lines) {
            expect(tex, stage.id).not.toMatch(/NaN|undefined|Infinity/);
            const set = katex.renderToString(tex, { throwOnError: true, strict: 'ignore', trust: true });
            // Every term that is marked can be pointed at.
            expect(set.match(/data-term=/g)?.length ?? 0).toBe(tex.match(/htmlData/g)?.length ?? 0);
          }
          // What the terms name stands in the formula, so that both light up.
          if (lines.some((tex) => tex.includes('htmlData')))
            expect(terms.some(({ term }) => lines.some((tex) => tex.includes(`term=${term}}`)))).toBe(true);
        }
    }
  });
});

describe('formulas hold the numbers of the trace', () => {
  const data = dataOf(trace);
  const { followed, column } = data;
  const { infonce, knobs } = trace;
  const cosine = valueAt(infonce.cosines, followed.anchor, column);
  const probability = valueAt(infonce.probabilities, followed.anchor, column);

  it('cosine: dot product over lengths is the cosine that the trace has', () => {
    const tex = formula('cosines', data);
    const [own, other] = [rowOf(trace.vectors, followed.row), rowOf(trace.vectors, infonce.columns[column]!)];
    expect(dot(own, other) / (norm(own) * norm(other))).toBeCloseTo(cosine, 5);
    for (const number of [dot(own, other), norm(own), norm(other), cosine])
      expect(tex).toContain(number.toFixed(3));
  });

  it('softmax: cosine, temperature, their ratio, probability', () => {
    const tex = formula('softmax', data);
    expect(tex).toContain(cosine.toFixed(3));
    expect(tex).toContain('0.05');
    expect(tex).toContain((cosine / 0.05).toFixed(2));
    const shown = Number(/= ([\d.]+)$/.exec(tex)![1]);
    expect(shown).toBeCloseTo(probability, 3);
  });

  it('loss: minus the logarithm of the probability that is shown is the loss that is shown', () => {
    for (const anchor of infonce.anchors.keys()) {
      const [, p, loss] = /-\\log ([\d.]+) = ([\d.]+)/.exec(formula('loss', dataOf(trace, anchor)))!;
      expect(-Math.log(Number(p))).toBeCloseTo(Number(loss), 1);
      expect(Number(loss)).toBeCloseTo(valueAt(infonce.losses, anchor), 3);
    }
    expect(formula('loss', data)).toContain(infonce.value.toFixed(3));
  });

  it('hierarchy: each hinge of the followed group, and the whole loss', () => {
    const tex = formula('ht', data);
    const hinges = hingesOf(trace, followed);
    expect(hinges).toHaveLength(2);
    for (const { closer, farther, margin, value, active } of hinges) {
      expect(farther.cosine - closer.cosine + margin).toBeCloseTo(value, 5);
      expect(active).toBe(value > 0);
      expect(tex).toContain(farther.cosine.toFixed(3));
      expect(tex).toContain(closer.cosine.toFixed(3));
    }
    expect(trace.infonce.value + knobs.beta * trace.ht!.value).toBeCloseTo(trace.loss, 6);
    expect(tex).toContain(trace.loss.toFixed(3));
    // A plain sentence has no levels: only the rule and the sum are left.
    expect(FORMULAS.ht(dataOf(trace, 0)).lines).toHaveLength(2);
  });

  it('gradient: (p - [j = +]) / (N tau) is the gradient of the trace', () => {
    const gradient = valueAt(infonce.gradient, followed.anchor, column);
    expect((probability - 1) / (infonce.anchors.length * knobs.temperature)).toBeCloseTo(gradient, 5);
    expect(formula('gradient', data)).toContain(`= ${numberTex(gradient)}`.replace(/[{}]/g, ''));
  });

  it('clip and update: every number of the one weight that is followed', () => {
    expect(formula('clip', data)).toContain('2.750');
    expect(formula('clip', makeLook({ maxGradNorm: 0 }))).not.toContain('min');
    for (const optimizer of ['adamw-hf', 'adamw-torch'] as const) {
      const of = makeTrace({ optimizer });
      const tex = formula('update', dataOf(of));
      const { gradient, clipped, mBefore, mAfter, vBefore, vAfter, before, after } = of.update.example;
      for (const value of [gradient, clipped, mBefore, vBefore])
        expect(tex).toContain(figuresTex(value).replace(/[{}]/g, ''));
      if (optimizer === 'adamw-hf')
        for (const value of [mAfter, vAfter]) expect(tex).toContain(figuresTex(value).replace(/[{}]/g, ''));
      const decimals = decimalsApart(before, after);
      expect(before.toFixed(decimals)).not.toBe(after.toFixed(decimals));
      expect(tex).toContain(after.toFixed(decimals));
    }
  });

  it('attention: the strongest weights of the token, which sum to no more than 1', () => {
    const asked = stageDataOf(trace, { ...initialSelection(trace), head: 1, query: 2 }, 1);
    const weights = Array.from(rowOf(trace.layers[1]!.attention, asked.followed.row, 1, 2)).sort(
      (a, b) => b - a,
    );
    const tex = formula('attention', asked);
    for (const weight of weights.slice(0, 3)) expect(tex).toContain(weight.toFixed(3));
  });

  it('attention: speaks of a token that was asked, where only one was', () => {
    const alone = makeTrace();
    const { row } = dataOf(alone).followed;
    const { attention } = alone.layers[1]!;
    for (let head = 0; head < alone.model.heads; head++)
      for (let query = 1; query < alone.length; query++) rowOf(attention, row, head, query).fill(0);
    const selection = { ...initialSelection(alone), query: 2 };
    expect(queryTokens(alone, row, 1)).toEqual([0]);
    expect([0, 1].map((layer) => stageDataOf(alone, selection, layer).query)).toEqual([2, 0]);
  });

  it('pooling names the token that stands for the sentence', () => {
    expect(formula('pooling', makeLook({ pooling: 'cls' }))).toContain('[CLS]');
    const first = rowOf(trace.pooled, followed.row)[0]!;
    expect(formula('pooling', data)).toContain(first.toFixed(3));
  });

  it('afterwards: the same cosine and the loss, before and after', () => {
    const tex = formula('after', data);
    expect(tex).toContain(cosine.toFixed(3));
    expect(tex).toContain(valueAt(trace.after.cosines, followed.anchor, column).toFixed(3));
    expect(tex).toContain(trace.after.loss.toFixed(decimalsApart(trace.loss, trace.after.loss)));
  });

  it('tokens with signs of TeX stand as they are', () => {
    for (const token of ['##ing', '50%', '$', 'a_b', '{', '\\', '^', '~', '&', '[CLS]'])
      expect(() =>
        katex.renderToString(textTex(token), { throwOnError: true, strict: 'ignore' }),
      ).not.toThrow();
  });

  function makeLook(given: Parameters<typeof makeTrace>[0]): StageData {
    return dataOf(makeTrace(given));
  }
});

describe('numbers', () => {
  it('are the same in words and in TeX, and small ones are not zero', () => {
    expect(numberText(-0.0341)).toBe('−0.034');
    expect(numberTex(-0.0341)).toBe('-0.034');
    expect(numberText(4.2e-5)).toBe('4.20×10⁻⁵');
    expect(numberTex(4.2e-5)).toBe('4.20{\\times}10^{-5}');
    expect(numberText(0)).toBe('0.000');
    expect(numberText(NaN)).toBe('NaN');
    expect(numberTex(Infinity)).toBe('\\infty');
    expect(knobTex(1e-8)).toBe('10^{-8}');
    expect(knobTex(0.000675)).toBe('0.000675');
  });

  it('of two that differ have as many decimals as show by how much', () => {
    expect(decimalsApart(0.5, 0.7)).toBe(3);
    expect(decimalsApart(-0.1322566, -0.1322481)).toBe(7);
    expect(decimalsApart(1, 1)).toBe(3);
  });
});

describe('what is followed', () => {
  it('is a generated group where there is one', () => {
    expect(trace.rows[trace.infonce.anchors[defaultAnchor(trace)]!]!.generated).toBe(true);
    expect(defaultAnchor(makeTrace({ generated: 0 }))).toBe(0);
    const { rows, row } = follow(trace, defaultAnchor(trace));
    expect(rows[0]).toBe(row);
    expect(rows.map((i) => trace.rows[i]!.role)).toEqual(['anchor', 'positive', 'intermediate', 'negative']);
  });

  it('can be searched for and walked through', () => {
    const word = trace.rows[trace.infonce.anchors[2]!]!.text.split(' ').slice(0, 2).join(' ');
    expect(anchorsWith(trace, word.toUpperCase())).toContain(2);
    expect(anchorsWith(trace, ' ')).toHaveLength(trace.infonce.anchors.length);
    expect(anchorsWith(trace, 'zebra')).toEqual([]);
    expect(neighbourOf([1, 4, 9], 9, 1)).toBe(1);
    expect(neighbourOf([1, 4, 9], 1, -1)).toBe(9);
    expect(neighbourOf([1, 4, 9], 5, 1)).toBe(9);
    expect(neighbourOf([1, 4, 9], 5, -1)).toBe(4);
    expect(neighbourOf([], 5, 1)).toBe(5);
  });

  it('is seen beside its positive and the most similar others', () => {
    const columns = nearestColumns(trace, follow(trace, 3), 5);
    expect(columns[0]!.column).toBe(3);
    expect(columns[0]!.positive).toBe(true);
    const others = columns.slice(1).map(({ cosine }) => cosine);
    expect(others).toEqual([...others].sort((a, b) => b - a));
    const row = rowOf(trace.infonce.cosines, 3);
    expect(others[0]).toBe(Math.max(...[...row].filter((_, j) => j !== 3)));
    // Without the HT loss, the negatives of generated groups are columns of their own.
    const plain = makeTrace({ hierarchical: false });
    const own = follow(plain, defaultAnchor(plain));
    expect(nearestColumns(plain, own, 100).filter(({ hard }) => hard)).toHaveLength(3);
  });

  it('shows every sentence of its group after the step, also those that no column holds', () => {
    const followed = follow(trace, defaultAnchor(trace));
    const changes = cosineChanges(trace, followed, 4);
    expect(changes.slice(0, 3).map(({ mark }) => mark)).toEqual(['positive', 'intermediate', 'negative']);
    expect(changes[1]!.after).toBeCloseTo(valueAt(trace.after.cosines, followed.anchor, followed.anchor), 6);
    expect(changes[2]!.column).toBeNull();
    expect(new Set(changes.map(({ row }) => row)).size).toBe(changes.length);
  });
});

describe('arrows', () => {
  it('span the plane in which points differ most', () => {
    const at = (x: number, y: number) => Float64Array.of(3 * x, 0.01 * x * y, 7, y);
    const { axes, share } = principalPlane([at(1, 0), at(-1, 0), at(0, 1), at(0, -1)]);
    expect(Math.abs(axes[0][0]!)).toBeCloseTo(1, 6);
    expect(Math.abs(axes[1][3]!)).toBeCloseTo(1, 6);
    expect(share).toBeCloseTo(1, 6);
    expect(() => principalPlane([Float64Array.of(1, 2)])).not.toThrow();
  });

  it('point along the negative gradient: a small move of the vectors moves their places along them', () => {
    const followed = follow(trace, defaultAnchor(trace));
    const { arrows, scale, share } = gradientArrows(trace, followed, 7);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
    const unit = (row: ArrayLike<number>) => Float64Array.from(row, (value) => value / norm(row));
    const directions = arrows.map(({ row }) => unit(rowOf(trace.vectors, row)));
    const { axes } = principalPlane(directions);
    let longest = 0;
    arrows.forEach(({ row, dx, dy, gradient }, i) => {
      const vector = rowOf(trace.vectors, row);
      const slope = rowOf(trace.vectorGradients, row);
      expect(gradient).toBeCloseTo(norm(slope), 6);
      const rate = 1e-3;
      const moved = unit(Float64Array.from(vector, (value, k) => value - rate * slope[k]!));
      const step = moved.map((value, k) => value - directions[i]![k]!);
      const size = norm(vector) ** 2; // descent by `rate` on h moves h / |h| by rate / |h|^2 of the drawn move
      expect((dot(step, axes[0]) * size) / rate).toBeCloseTo(dx / scale, 3);
      expect((dot(step, axes[1]) * size) / rate).toBeCloseTo(dy / scale, 3);
      longest = Math.max(longest, Math.hypot(dx, dy));
    });
    expect(longest).toBeGreaterThan(0);
    // The followed one is the strongest pulled, towards its positive.
    const [own] = arrows;
    const positive = arrows.find(({ column }) => column?.positive)!;
    expect(own!.dx * (positive.x - own!.x) + own!.dy * (positive.y - own!.y)).toBeGreaterThan(0);
  });

  it('keep their angles and stay within the frame', () => {
    const { arrows } = gradientArrows(trace, follow(trace, defaultAnchor(trace)), 7);
    const laid = arrowLayout(arrows, { width: 400, height: 300, room: 30 });
    for (const { arrow, x, y, tipX, tipY, labelX, labelY } of laid) {
      for (const [a, b] of [
        [x, y],
        [tipX, tipY],
        [labelX, labelY],
      ] as const) {
        expect(a).toBeGreaterThanOrEqual(10);
        expect(a).toBeLessThanOrEqual(390);
        expect(b).toBeGreaterThanOrEqual(10);
        expect(b).toBeLessThanOrEqual(290);
      }
      if (Math.hypot(tipX - x, tipY - y) > 1)
        expect(Math.atan2(-(tipY - y), tipX - x)).toBeCloseTo(Math.atan2(arrow.dy, arrow.dx), 6);
    }
    const none = makeTrace();
    none.vectorGradients.data.fill(0);
    const still = gradientArrows(none, follow(none, 0), 4);
    expect(still.scale).toBe(1);
    expect(
      arrowLayout(still.arrows, { width: 400, height: 300, room: 30 }).every(({ head }) => head === ''),
    ).toBe(true);
  });
});

describe('playback', () => {
  const after = (...actions: PlaybackAction[]) =>
    actions.reduce((state, action) => nextPlayback(state, action, 5), AT_START);

  it('goes forward and back and stops at the ends', () => {
    expect(after('next', 'next', 'back').stage).toBe(1);
    expect(after('back').stage).toBe(0);
    expect(after('last', 'next').stage).toBe(4);
    expect(after('last', 'first').stage).toBe(0);
    expect(jumpTo(AT_START, 3).stage).toBe(3);
  });

  it('plays to the end and rests there; from the end it begins again', () => {
    expect(after('play', 'tick').playing).toBe(true);
    expect(after('play', 'tick', 'tick', 'tick', 'tick')).toEqual({
      stage: 4,
      playing: false,
      frozen: false,
    });
    expect(after('last', 'play')).toEqual({ stage: 0, playing: true, frozen: false });
    expect(after('play', 'play').playing).toBe(false);
    expect(beatsOf({ kind: 'attention' }, 12)).toBe(4);
    expect(beatsOf({ kind: 'loss' }, 12)).toBe(1);
  });

  it('frozen, it stays where it is until it is let go', () => {
    const frozen = after('next', 'play', 'freeze');
    expect(frozen).toEqual({ stage: 1, playing: false, frozen: true });
    for (const action of ['next', 'back', 'first', 'last', 'play', 'tick'] as const)
      expect(nextPlayback(frozen, action, 5)).toEqual(frozen);
    expect(jumpTo(frozen, 3)).toEqual(frozen);
    expect(after('freeze', 'freeze', 'next').stage).toBe(1);
  });

  it('hears keys, except those that what has the focus needs', () => {
    const press = (key: string, tag = 'main', more = {}) =>
      actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more }, tag);
    expect(
      ['ArrowRight', 'PageDown', 'ArrowLeft', 'PageUp', 'Home', 'End', ' ', 'F'].map((key) => press(key)),
    ).toEqual(['next', 'next', 'back', 'back', 'first', 'last', 'play', 'freeze']);
    expect(press('f', 'input')).toBeNull();
    expect(press('ArrowRight', 'select')).toBeNull();
    expect(press('PageDown', 'input')).toBe('next');
    expect(press(' ', 'button')).toBeNull();
    expect(press('f', 'main', { ctrlKey: true })).toBeNull();
    expect(press('f', 'main', { repeat: true })).toBeNull();
    expect(press('x')).toBeNull();
  });
});

describe('highlighting', () => {
  it('is named by words, and a sentence is cut at its terms', () => {
    expect(termIds(' query:2  key:5 ')).toEqual(['query:2', 'key:5']);
    expect(termIndex(['query:2', 'key:5'], 'key')).toBe(5);
    expect(termIndex(['temperature'], 'key')).toBeUndefined();
    expect(textParts('by the [temperature 0.05](temperature), then')).toEqual([
      { text: 'by the ', term: null },
      { text: 'temperature 0.05', term: 'temperature' },
      { text: ', then', term: null },
    ]);
  });

  it('chooses the column and the token of the formula, and nothing else', () => {
    const selection = initialSelection(trace);
    expect(withPointed(selection, ['row:3', 'column:4']).column).toBe(4);
    expect(withPointed(selection, ['query:2', 'key:5']).query).toBe(2);
    expect(withPointed(selection, ['temperature'])).toBe(selection);
  });
});

describe('scales and colours', () => {
  it('hold all values, also when they are one, and have a few round ticks', () => {
    const [low, high] = scaleAround([0.4, 0.8]);
    expect(low).toBeLessThan(0.4);
    expect(high).toBeGreaterThan(0.8);
    expect(scaleAround([0.5])[0]).toBeLessThan(0.5);
    expect(scaleAround([NaN])).toEqual([0, 1]);
    expect(ticksOn([0.34, 0.86])).toEqual([0.4, 0.6, 0.8]);
  });

  it('make one stop a value', () => {
    expect(heatGradient([1, -1, 0], 1).match(/color-mix/g)).toHaveLength(3);
    expect(heatGradient([-1], 1)).toContain('--role-negative');
  });
});
