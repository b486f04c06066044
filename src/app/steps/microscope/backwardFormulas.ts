// The formulas of the HT loss and the backward pass: gradients, clipping, the optimiser's update and its effect.
import { rowOf, valueAt, type StepTrace } from '../../../run/trace.ts';
import { norm } from './arrows.ts';
import { columnOf, hingesOf } from './followed.ts';
import type { Formula, Term } from './formula.ts';
import { termTex } from './highlight.ts';
import type { StageData } from './stageData.ts';
import {
  bracketed,
  decimalsApart,
  figuresTex,
  figuresText,
  knobTex,
  knobText,
  numberTex,
  numberText,
  probabilityDecimals,
} from './numbers.ts';

export function hierarchyFormula({ trace, followed }: StageData): Formula {
  const hinges = hingesOf(trace, followed);
  const { beta } = trace.knobs;
  const ht = trace.ht?.value ?? 0;
  const lines = hinges.map(({ pair, margin, closer, farther, value }) => {
    const inside = `${termTex(`level:${farther.level}`, numberTex(farther.cosine))} - ${termTex(`level:${closer.level}`, bracketed(numberTex(closer.cosine)))} + ${termTex(`margin:${pair}`, knobTex(margin))}`;
    return String.raw`\max(0,\; ${inside}) = ${termTex(`hinge:${pair}`, numberTex(Math.max(0, value)))}`;
  });
  const sum = String.raw`\mathcal{L} = ${termTex('infonce', numberTex(trace.infonce.value))} + ${termTex('beta', knobTex(beta))} \cdot ${termTex('ht', numberTex(ht))} = ${termTex('loss', numberTex(trace.loss))}`;
  const terms = hinges.map(({ pair, margin }): Term => ({
    name: 'margin',
    term: `margin:${pair}`,
    value: `m${SUBSCRIPTS[pair] ?? ''} = ${knobText(margin)}`,
  }));
  return {
    lines: [String.raw`\max(0,\; s_{k+1} - s_k + m_k)`, ...lines, sum],
    terms: [
      ...terms,
      { name: 'beta', term: 'beta', value: knobText(beta) },
      { name: 'ht', term: 'ht', value: numberText(ht) },
      { name: 'loss', term: 'loss', value: numberText(trace.loss) },
    ],
  };
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

export function gradientFormula({ trace, followed, column }: StageData): Formula {
  const { probability, gradient, positive } = columnOf(trace, followed, column);
  const { temperature } = trace.knobs;
  const n = trace.infonce.anchors.length;
  const j = column + 1;
  const name = `column:${column}`;
  const top =
    termTex('probability', numberTex(probability, probabilityDecimals(probability))) +
    (positive ? ' - 1' : '');
  const tau = termTex('temperature', knobTex(temperature));
  const force = norm(rowOf(trace.vectorGradients, followed.row));
  const arrow = termTex(`row:${followed.row}`, numberTex(force));
  return {
    lines: [
      String.raw`\frac{\partial \mathcal{L}_{\text{InfoNCE}}}{\partial s_j} = \frac{p_j - [\,j = {+}\,]}{N\,\tau}`,
      String.raw`\frac{\partial \mathcal{L}_{\text{InfoNCE}}}{\partial s_{${j}}} = \frac{${top}}{${n} \cdot ${tau}} = ${termTex(name, numberTex(gradient))}`,
      String.raw`\left\lVert \frac{\partial \mathcal{L}}{\partial h} \right\rVert = ${arrow}`,
    ],
    terms: [
      {
        name: 'probability',
        term: 'probability',
        value: numberText(probability, probabilityDecimals(probability)),
      },
      { name: 'temperature', term: 'temperature', value: knobText(temperature) },
      { name: 'pull', term: name, value: numberText(gradient) },
      { name: 'force', term: `row:${followed.row}`, value: numberText(force) },
    ],
  };
}

export function clipFormula({ trace }: StageData): Formula {
  const { gradNorm, clipFactor, knobs } = trace;
  const size = termTex('gradNorm', numberTex(gradNorm));
  const limit = termTex('limit', knobTex(knobs.maxGradNorm));
  const factor = termTex('factor', numberTex(clipFactor));
  const measured = String.raw`\lVert g \rVert = \sqrt{\textstyle\sum_k g_k^2} = ${size}`;
  const term: Term = { name: 'gradNorm', term: 'gradNorm', value: numberText(gradNorm) };
  if (knobs.maxGradNorm <= 0) return { lines: [measured, String.raw`g \leftarrow g`], terms: [term] };
  return {
    lines: [
      measured,
      String.raw`g \leftarrow g \cdot \min\!\left(1,\; \frac{c}{\lVert g \rVert}\right)`,
      String.raw`\phantom{g \leftarrow} = g \cdot \min\!\left(1,\; \frac{${limit}}{${size}}\right) = ${factor}\,g`,
    ],
    terms: [
      term,
      { name: 'limit', term: 'limit', value: knobText(knobs.maxGradNorm) },
      { name: 'factor', term: 'factor', value: numberText(clipFactor) },
    ],
  };
}

/** Whether weight decay applies to this parameter; biases and LayerNorm parameters are excluded. */
export function decays(trace: StepTrace, name: string): boolean {
  return trace.knobs.weightDecay > 0 && !name.endsWith('.bias') && !name.includes('LayerNorm');
}

export function updateFormula({ trace }: StageData): Formula {
  const { knobs, step, clipFactor } = trace;
  const { gradient, clipped, mBefore, mAfter, vBefore, vAfter, before, after, name } = trace.update.example;
  const b1 = knobTex(knobs.adamBeta1);
  const b2 = knobTex(knobs.adamBeta2);
  const rest = (beta: number) => knobTex(Number((1 - beta).toPrecision(6)));
  const g = termTex('gradient', bracketed(figuresTex(clipped)));
  const squared = termTex('gradient', `${bracketed(figuresTex(clipped))}^2`);
  const m = termTex('momentum', figuresTex(mAfter));
  const v = termTex('secondMoment', figuresTex(vAfter));
  const eta = termTex('learningRate', knobTex(knobs.learningRate));
  const hf = knobs.optimizer === 'adamw-hf';
  const [c1, c2] = [1 - knobs.adamBeta1 ** step, 1 - knobs.adamBeta2 ** step];
  const top = figuresTex(hf ? mAfter : mAfter / c1);
  const under = `\\sqrt{${figuresTex(hf ? vAfter : vAfter / c2)}} + ${knobTex(knobs.adamEpsilon)}`;
  const ratio = termTex('momentum', `\\frac{${top}}{${under}}`);
  const rate = hf ? `${eta} \\cdot \\frac{\\sqrt{1 - ${b2}^{${step}}}}{1 - ${b1}^{${step}}}` : eta;
  const decimals = decimalsApart(before, after);
  const old = termTex('before', numberTex(before, decimals));
  const decay = decays(trace, name) ? `\\text{ less weight decay}` : '';
  const rule = hf
    ? String.raw`\theta \leftarrow \theta - \eta\,\frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot \frac{m}{\sqrt{v} + \epsilon}`
    : String.raw`\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}, \quad \hat m = \frac{m}{1 - \beta_1^t},\; \hat v = \frac{v}{1 - \beta_2^t}`;
  return {
    lines: [
      `g = ${termTex('factor', numberTex(clipFactor))} \\cdot ${bracketed(figuresTex(gradient))} = ${termTex('gradient', figuresTex(clipped))}`,
      `m = ${b1} \\cdot ${bracketed(figuresTex(mBefore))} + ${rest(knobs.adamBeta1)} \\cdot ${g} = ${m}`,
      `v = ${b2} \\cdot ${bracketed(figuresTex(vBefore))} + ${rest(knobs.adamBeta2)} \\cdot ${squared} = ${v}`,
      rule,
      `\\theta = ${old} - ${rate} \\cdot ${ratio}${decay}`,
      `\\phantom{\\theta} = ${termTex('after', numberTex(after, decimals))}`,
    ],
    terms: [
      { name: 'gradient', term: 'gradient', value: figuresText(clipped) },
      { name: 'momentum', term: 'momentum', value: figuresText(mAfter) },
      { name: 'secondMoment', term: 'secondMoment', value: figuresText(vAfter) },
      { name: 'learningRate', term: 'learningRate', value: knobText(knobs.learningRate) },
      { name: 'before', term: 'before', value: numberText(before, decimals) },
      { name: 'after', term: 'after', value: numberText(after, decimals) },
    ],
  };
}

export function afterFormula({ trace, followed, column }: StageData): Formula {
  const before = valueAt(trace.infonce.cosines, followed.anchor, column);
  const after = valueAt(trace.after.cosines, followed.anchor, column);
  const name = `column:${column}`;
  const arrow = String.raw`\;\longrightarrow\;`;
  const lossDecimals = decimalsApart(trace.loss, trace.after.loss);
  return {
    lines: [
      `s_{${column + 1}}:\\quad ${termTex(name, numberTex(before))}${arrow}${termTex(name, numberTex(after))}`,
      `\\mathcal{L}:\\quad ${termTex('loss', numberTex(trace.loss, lossDecimals))}${arrow}${termTex('lossAfter', numberTex(trace.after.loss, lossDecimals))}`,
    ],
    terms: [
      { name: 'cosine', term: name, value: `${numberText(before)} → ${numberText(after)}` },
      { name: 'loss', term: 'loss', value: numberText(trace.loss, lossDecimals) },
      { name: 'lossAfter', term: 'lossAfter', value: numberText(trace.after.loss, lossDecimals) },
    ],
  };
}
