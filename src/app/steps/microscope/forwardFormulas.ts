// The formulas of the way forward: from the sentence to the contrastive loss.
import { rowOf, valueAt } from '../../../run/trace.ts';
import { dot, norm } from './arrows.ts';
import { batchCounts, strongest } from './derived.ts';
import { columnOf, nearestColumns } from './followed.ts';
import type { Formula } from './formula.ts';
import { litTex } from './lit.ts';
import type { Look } from './look.ts';
import { bracketed, knobTex, knobText, numberTex, numberText, probabilityDecimals } from './numbers.ts';

const TEX_SPECIAL: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '^': String.raw`\textasciicircum{}`,
  '~': String.raw`\textasciitilde{}`,
};

/** Any text, a token say, as upright text of a formula. */
export function textTex(text: string): string {
  return `\\text{${text.replace(/[\\^~#$%&_{}]/g, (special) => TEX_SPECIAL[special] ?? `\\${special}`)}}`;
}

/** (0.12, -0.30, 0.05, ..., 0.44) */
export function vectorTex(values: ArrayLike<number>, shown = 2): string {
  const tex = Array.from(values, (value) => numberTex(value, 2));
  const parts = tex.length <= shown + 1 ? tex : [...tex.slice(0, shown), String.raw`\dots`, tex.at(-1)!];
  return `(${parts.join(',\\,')})`;
}

/** First terms of a sum, dots, and the last one where there are more. */
export function sumTex(terms: readonly string[], shown = 2): string {
  return (
    terms.length <= shown + 1 ? terms : [...terms.slice(0, shown), String.raw`\dots`, terms.at(-1)!]
  ).join(' + ');
}

const rowLit = (look: Look) => `row:${look.followed.row}`;

export function sentenceFormula({ trace }: Look): Formula {
  const { plain, generated, plainRows, generatedRows } = batchCounts(trace);
  const under = (name: string, count: number, words: string) =>
    litTex(name, `\\underbrace{${count}}_{\\text{${words}}}`);
  const parts = [
    ...(plain > 0 ? [under('plain', plain, 'plain')] : []),
    ...(generated > 0 ? [under('generated', generated, 'generated')] : []),
  ];
  return {
    lines: [`N = ${parts.join(' + ')} = ${plain + generated}${String.raw`\ \text{anchors}`}`],
    terms: [
      ...(plain > 0 ? [{ name: 'plain' as const, lit: 'plain', value: String(plainRows) }] : []),
      ...(generated > 0
        ? [{ name: 'generated' as const, lit: 'generated', value: String(generatedRows) }]
        : []),
    ],
  };
}

export function tokenFormula({ trace, followed, query }: Look): Formula {
  const { ids, tokens } = trace.rows[followed.row]!;
  const all = ids.map((id, i) => litTex(`token:${i}`, String(id)));
  const shown = all.length <= 6 ? all : [...all.slice(0, 4), String.raw`\dots`, all.at(-1)!];
  return {
    lines: [
      String.raw`x \;\mapsto\; (t_1, \dots, t_n),\quad n = ${ids.length}`,
      `\\operatorname{id}(x) = (${shown.join(',\\,')})`,
    ],
    terms: [{ name: 'token', lit: `token:${query}`, value: `${tokens[query]!} = ${ids[query]!}` }],
  };
}

export function embeddingFormula({ trace, followed, query }: Look): Formula {
  const { ids, tokens } = trace.rows[followed.row]!;
  const e = litTex(`token:${query}`, `e_{${query + 1}}`);
  const values = rowOf(trace.embedded, followed.row, query);
  return {
    lines: [
      String.raw`e_t = \operatorname{LayerNorm}\bigl(E_{\operatorname{id}(t)} + P_t + S\bigr)`,
      String.raw`${e} = \operatorname{LayerNorm}\bigl(E_{${ids[query]!}} + P_{${query + 1}} + S\bigr)`,
      String.raw`\phantom{e} = ${litTex(`token:${query}`, vectorTex(values))}`,
    ],
    terms: [
      { name: 'token', lit: `token:${query}`, value: `${tokens[query]!} = ${ids[query]!}` },
      { name: 'dropout', lit: 'dropout', value: knobText(trace.knobs.dropout) },
    ],
  };
}

export function attentionFormula({ trace, followed, layer, head, query }: Look): Formula {
  const { tokens } = trace.rows[followed.row]!;
  const weights = rowOf(trace.layers[layer]!.attention, followed.row, head, query);
  const top = strongest(weights.subarray(0, tokens.length), 3);
  const size = trace.model.hidden / trace.model.heads;
  const asking = litTex(`query:${query}`, `o_{${textTex(tokens[query]!)}}`);
  const given = top.map((key) =>
    litTex(`key:${key}`, `${numberTex(weights[key]!)}\\,v_{${textTex(tokens[key]!)}}`),
  );
  const more = tokens.length > top.length ? String.raw` + \dots` : '';
  return {
    lines: [
      String.raw`a_{t,s} = \operatorname{softmax}_s\!\left(\frac{q_t \cdot k_s}{\sqrt{${size}}}\right), \quad \sum_s a_{t,s} = 1`,
      `${asking} = \\sum_s a_{t,s}\\,v_s`,
      `\\phantom{o} = ${given.join(' + ')}${more}`,
    ],
    terms: [
      { name: 'query', lit: `query:${query}`, value: tokens[query]! },
      ...top.map((key) => ({
        name: 'weight' as const,
        lit: `key:${key}`,
        value: `${tokens[key]!} ${numberText(weights[key]!)}`,
      })),
    ],
  };
}

export function poolingFormula(look: Look): Formula {
  const { trace, followed } = look;
  const tokens = trace.rows[followed.row]!.tokens;
  const n = tokens.length;
  const output = trace.layers.at(-1)!.output;
  const pooled = rowOf(trace.pooled, followed.row);
  const result = litTex(rowLit(look), vectorTex(pooled));
  const length = { name: 'vectorLength' as const, lit: rowLit(look), value: numberText(norm(pooled), 2) };
  if (trace.knobs.pooling !== 'mean') {
    const place = trace.knobs.pooling === 'cls' ? 0 : Math.max(0, n - 2);
    const x = litTex(`token:${place}`, `x_{${textTex(tokens[place]!)}}`);
    const token = { name: 'token' as const, lit: `token:${place}`, value: tokens[place]! };
    return { lines: [`h = ${x}`, `\\phantom{h} = ${result}`], terms: [token, length] };
  }
  const firsts = tokens.map((_, t) =>
    litTex(`token:${t}`, bracketed(numberTex(valueAt(output, followed.row, t, 0), 2))),
  );
  const first = litTex('mean', numberTex(pooled[0]!));
  return {
    lines: [
      String.raw`h = \frac{1}{n} \sum_{t=1}^{n} x_t = ${result}`,
      String.raw`h_{[1]} = \tfrac{1}{${n}}\bigl(${sumTex(firsts, 3)}\bigr) = ${first}`,
    ],
    terms: [{ name: 'mean', lit: 'mean', value: numberText(pooled[0]!) }, length],
  };
}

export function headFormula(look: Look): Formula {
  const { trace, followed } = look;
  const [before, after] = [rowOf(trace.pooled, followed.row), rowOf(trace.vectors, followed.row)];
  return {
    lines: [
      String.raw`z = W h + b`,
      `${litTex('pooled', 'h')} = ${litTex('pooled', vectorTex(before))}`,
      `${litTex(rowLit(look), 'z')} = ${litTex(rowLit(look), vectorTex(after))}`,
    ],
    terms: [
      { name: 'vectorLength', lit: 'pooled', value: numberText(norm(before), 2) },
      { name: 'headLength', lit: rowLit(look), value: numberText(norm(after), 2) },
    ],
  };
}

export function cosineFormula(look: Look): Formula {
  const { trace, followed, column } = look;
  const { row, cosine } = columnOf(trace, followed, column);
  const [own, other] = [rowOf(trace.vectors, followed.row), rowOf(trace.vectors, row)];
  const j = column + 1;
  const name = `column:${column}`;
  const ratio = String.raw`\frac{${litTex('product', numberTex(dot(own, other)))}}{${litTex(rowLit(look), numberTex(norm(own)))} \cdot ${litTex(name, numberTex(norm(other)))}}`;
  return {
    lines: [
      String.raw`s_j = \cos(h, h_j) = \frac{h \cdot h_j}{\lVert h \rVert\,\lVert h_j \rVert}`,
      `${litTex(name, `s_{${j}}`)} = ${ratio} = ${litTex(name, numberTex(cosine))}`,
    ],
    terms: [
      { name: 'product', lit: 'product', value: numberText(dot(own, other)) },
      { name: 'vectorLength', lit: rowLit(look), value: numberText(norm(own)) },
      { name: 'cosine', lit: name, value: numberText(cosine) },
    ],
  };
}

export function softmaxFormula(look: Look): Formula {
  const { trace, followed, column } = look;
  const { cosine, probability } = columnOf(trace, followed, column);
  const { temperature } = trace.knobs;
  const j = column + 1;
  const name = `column:${column}`;
  const tau = litTex('temperature', knobTex(temperature));
  const power = (of: { column: number; cosine: number }) =>
    litTex(`column:${of.column}`, `e^{${numberTex(of.cosine / temperature, 2)}}`);
  const nearest = nearestColumns(trace, followed, 3).map(power);
  const more = trace.infonce.columns.length > nearest.length ? String.raw` + \dots` : '';
  const exponent = litTex('scaled', numberTex(cosine / temperature, 2));
  const share = String.raw`\frac{${power({ column, cosine })}}{${nearest.join(' + ')}${more}}`;
  return {
    lines: [
      String.raw`p_j = \frac{e^{s_j/\tau}}{\sum_k e^{s_k/\tau}}`,
      String.raw`\frac{s_{${j}}}{\tau} = \frac{${litTex(name, numberTex(cosine))}}{${tau}} = ${exponent}`,
      `p_{${j}} = ${share} = ${litTex('probability', numberTex(probability, probabilityDecimals(probability)))}`,
    ],
    terms: [
      { name: 'cosine', lit: name, value: numberText(cosine) },
      { name: 'temperature', lit: 'temperature', value: knobText(temperature) },
      { name: 'scaled', lit: 'scaled', value: numberText(cosine / temperature, 2) },
      {
        name: 'probability',
        lit: 'probability',
        value: numberText(probability, probabilityDecimals(probability)),
      },
    ],
  };
}

export function lossFormula({ trace, followed }: Look): Formula {
  const { infonce } = trace;
  const { probability } = columnOf(trace, followed, followed.anchor);
  const own = valueAt(infonce.losses, followed.anchor);
  const n = infonce.anchors.length;
  const each = infonce.anchors.map((_, i) =>
    litTex(i === followed.anchor ? 'ownLoss' : `anchor:${i}`, numberTex(valueAt(infonce.losses, i))),
  );
  const p = litTex('probability', numberTex(probability, probabilityDecimals(probability)));
  const value = litTex('infonce', numberTex(infonce.value));
  return {
    lines: [
      String.raw`\ell = -\log p_{+} = -\log ${p} = ${litTex('ownLoss', numberTex(own))}`,
      String.raw`\mathcal{L}_{\text{InfoNCE}} = \tfrac{1}{${n}}\bigl(${sumTex(each)}\bigr) = ${value}`,
    ],
    terms: [
      {
        name: 'probability',
        lit: 'probability',
        value: numberText(probability, probabilityDecimals(probability)),
      },
      { name: 'ownLoss', lit: 'ownLoss', value: numberText(own) },
      { name: 'infonce', lit: 'infonce', value: numberText(infonce.value) },
    ],
  };
}
