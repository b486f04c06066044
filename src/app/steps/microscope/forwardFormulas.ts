// The formulas of the forward pass: from the sentence to the contrastive loss.
import { rowOf, valueAt } from '../../../run/trace.ts';
import { dot, norm } from './arrows.ts';
import { batchCounts, strongest } from './derived.ts';
import { columnOf, nearestColumns } from './followed.ts';
import type { Formula } from './formula.ts';
import { termTex } from './highlight.ts';
import type { StageData } from './stageData.ts';
import { bracketed, knobTex, knobText, numberTex, numberText, probabilityDecimals } from './numbers.ts';

const TEX_SPECIAL: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '^': String.raw`\textasciicircum{}`,
  '~': String.raw`\textasciitilde{}`,
};

/** TeX of arbitrary text, such as a token, in upright type. */
export function textTex(text: string): string {
  return `\\text{${text.replace(/[\\^~#$%&_{}]/g, (special) => TEX_SPECIAL[special] ?? `\\${special}`)}}`;
}

/** TeX of a vector, shortened with dots: (0.12, -0.30, ..., 0.44) */
function vectorTex(values: ArrayLike<number>, shown = 2): string {
  const tex = Array.from(values, (value) => numberTex(value, 2));
  const parts = tex.length <= shown + 1 ? tex : [...tex.slice(0, shown), String.raw`\dots`, tex.at(-1)!];
  return `(${parts.join(',\\,')})`;
}

/** TeX of a sum; long sums are shortened to the first terms, dots, and the last term. */
function sumTex(terms: readonly string[], shown = 2): string {
  return (
    terms.length <= shown + 1 ? terms : [...terms.slice(0, shown), String.raw`\dots`, terms.at(-1)!]
  ).join(' + ');
}

const rowTerm = (data: StageData) => `row:${data.followed.row}`;

export function sentenceFormula({ trace }: StageData): Formula {
  const { plain, generated, plainRows, generatedRows } = batchCounts(trace);
  const under = (name: string, count: number, words: string) =>
    termTex(name, `\\underbrace{${count}}_{\\text{${words}}}`);
  const parts = [
    ...(plain > 0 ? [under('plain', plain, 'plain')] : []),
    ...(generated > 0 ? [under('generated', generated, 'generated')] : []),
  ];
  return {
    lines: [`N = ${parts.join(' + ')} = ${plain + generated}${String.raw`\ \text{anchors}`}`],
    terms: [
      ...(plain > 0 ? [{ name: 'plain' as const, term: 'plain', value: String(plainRows) }] : []),
      ...(generated > 0
        ? [{ name: 'generated' as const, term: 'generated', value: String(generatedRows) }]
        : []),
    ],
  };
}

export function tokenFormula({ trace, followed, query }: StageData): Formula {
  const { ids, tokens } = trace.rows[followed.row]!;
  const all = ids.map((id, i) => termTex(`token:${i}`, String(id)));
  const shown = all.length <= 6 ? all : [...all.slice(0, 4), String.raw`\dots`, all.at(-1)!];
  return {
    lines: [
      String.raw`x \;\mapsto\; (t_1, \dots, t_n),\quad n = ${ids.length}`,
      `\\operatorname{id}(x) = (${shown.join(',\\,')})`,
    ],
    terms: [{ name: 'token', term: `token:${query}`, value: `${tokens[query]!} = ${ids[query]!}` }],
  };
}

export function embeddingFormula({ trace, followed, query }: StageData): Formula {
  const { ids, tokens } = trace.rows[followed.row]!;
  const e = termTex(`token:${query}`, `e_{${query + 1}}`);
  const values = rowOf(trace.embedded, followed.row, query);
  return {
    lines: [
      String.raw`e_t = \operatorname{LayerNorm}\bigl(E_{\operatorname{id}(t)} + P_t + S\bigr)`,
      String.raw`${e} = \operatorname{LayerNorm}\bigl(E_{${ids[query]!}} + P_{${query + 1}} + S\bigr)`,
      String.raw`\phantom{e} = ${termTex(`token:${query}`, vectorTex(values))}`,
    ],
    terms: [
      { name: 'token', term: `token:${query}`, value: `${tokens[query]!} = ${ids[query]!}` },
      { name: 'dropout', term: 'dropout', value: knobText(trace.knobs.dropout) },
    ],
  };
}

export function attentionFormula({ trace, followed, layer, head, query }: StageData): Formula {
  const { tokens } = trace.rows[followed.row]!;
  const weights = rowOf(trace.layers[layer]!.attention, followed.row, head, query);
  const top = strongest(weights.subarray(0, tokens.length), 3);
  const size = trace.model.hidden / trace.model.heads;
  const asking = termTex(`query:${query}`, `o_{${textTex(tokens[query]!)}}`);
  const given = top.map((key) =>
    termTex(`key:${key}`, `${numberTex(weights[key]!)}\\,v_{${textTex(tokens[key]!)}}`),
  );
  const more = tokens.length > top.length ? String.raw` + \dots` : '';
  return {
    lines: [
      String.raw`a_{t,s} = \operatorname{softmax}_s\!\left(\frac{q_t \cdot k_s}{\sqrt{${size}}}\right), \quad \sum_s a_{t,s} = 1`,
      `${asking} = \\sum_s a_{t,s}\\,v_s`,
      `\\phantom{o} = ${given.join(' + ')}${more}`,
    ],
    terms: [
      { name: 'query', term: `query:${query}`, value: tokens[query]! },
      ...top.map((key) => ({
        name: 'weight' as const,
        term: `key:${key}`,
        value: `${tokens[key]!} ${numberText(weights[key]!)}`,
      })),
    ],
  };
}

export function poolingFormula(data: StageData): Formula {
  const { trace, followed } = data;
  const tokens = trace.rows[followed.row]!.tokens;
  const n = tokens.length;
  const output = trace.layers.at(-1)!.output;
  const pooled = rowOf(trace.pooled, followed.row);
  const result = termTex(rowTerm(data), vectorTex(pooled));
  const length = { name: 'vectorLength' as const, term: rowTerm(data), value: numberText(norm(pooled), 2) };
  if (trace.knobs.pooling !== 'mean') {
    const place = trace.knobs.pooling === 'cls' ? 0 : Math.max(0, n - 2);
    const x = termTex(`token:${place}`, `x_{${textTex(tokens[place]!)}}`);
    const token = { name: 'token' as const, term: `token:${place}`, value: tokens[place]! };
    return { lines: [`h = ${x}`, `\\phantom{h} = ${result}`], terms: [token, length] };
  }
  const firsts = tokens.map((_, t) =>
    termTex(`token:${t}`, bracketed(numberTex(valueAt(output, followed.row, t, 0), 2))),
  );
  const first = termTex('mean', numberTex(pooled[0]!));
  return {
    lines: [
      String.raw`h = \frac{1}{n} \sum_{t=1}^{n} x_t = ${result}`,
      String.raw`h_{[1]} = \tfrac{1}{${n}}\bigl(${sumTex(firsts, 3)}\bigr) = ${first}`,
    ],
    terms: [{ name: 'mean', term: 'mean', value: numberText(pooled[0]!) }, length],
  };
}

export function headFormula(data: StageData): Formula {
  const { trace, followed } = data;
  const [before, after] = [rowOf(trace.pooled, followed.row), rowOf(trace.vectors, followed.row)];
  return {
    lines: [
      String.raw`z = W h + b`,
      `${termTex('pooled', 'h')} = ${termTex('pooled', vectorTex(before))}`,
      `${termTex(rowTerm(data), 'z')} = ${termTex(rowTerm(data), vectorTex(after))}`,
    ],
    terms: [
      { name: 'vectorLength', term: 'pooled', value: numberText(norm(before), 2) },
      { name: 'headLength', term: rowTerm(data), value: numberText(norm(after), 2) },
    ],
  };
}

export function cosineFormula(data: StageData): Formula {
  const { trace, followed, column } = data;
  const { row, cosine } = columnOf(trace, followed, column);
  const [own, other] = [rowOf(trace.vectors, followed.row), rowOf(trace.vectors, row)];
  const j = column + 1;
  const name = `column:${column}`;
  const ratio = String.raw`\frac{${termTex('product', numberTex(dot(own, other)))}}{${termTex(rowTerm(data), numberTex(norm(own)))} \cdot ${termTex(name, numberTex(norm(other)))}}`;
  return {
    lines: [
      String.raw`s_j = \cos(h, h_j) = \frac{h \cdot h_j}{\lVert h \rVert\,\lVert h_j \rVert}`,
      `${termTex(name, `s_{${j}}`)} = ${ratio} = ${termTex(name, numberTex(cosine))}`,
    ],
    terms: [
      { name: 'product', term: 'product', value: numberText(dot(own, other)) },
      { name: 'vectorLength', term: rowTerm(data), value: numberText(norm(own)) },
      { name: 'cosine', term: name, value: numberText(cosine) },
    ],
  };
}

export function softmaxFormula(data: StageData): Formula {
  const { trace, followed, column } = data;
  const { cosine, probability } = columnOf(trace, followed, column);
  const { temperature } = trace.knobs;
  const j = column + 1;
  const name = `column:${column}`;
  const tau = termTex('temperature', knobTex(temperature));
  const power = (of: { column: number; cosine: number }) =>
    termTex(`column:${of.column}`, `e^{${numberTex(of.cosine / temperature, 2)}}`);
  const nearest = nearestColumns(trace, followed, 3).map(power);
  const more = trace.infonce.columns.length > nearest.length ? String.raw` + \dots` : '';
  const exponent = termTex('scaled', numberTex(cosine / temperature, 2));
  const share = String.raw`\frac{${power({ column, cosine })}}{${nearest.join(' + ')}${more}}`;
  return {
    lines: [
      String.raw`p_j = \frac{e^{s_j/\tau}}{\sum_k e^{s_k/\tau}}`,
      String.raw`\frac{s_{${j}}}{\tau} = \frac{${termTex(name, numberTex(cosine))}}{${tau}} = ${exponent}`,
      `p_{${j}} = ${share} = ${termTex('probability', numberTex(probability, probabilityDecimals(probability)))}`,
    ],
    terms: [
      { name: 'cosine', term: name, value: numberText(cosine) },
      { name: 'temperature', term: 'temperature', value: knobText(temperature) },
      { name: 'scaled', term: 'scaled', value: numberText(cosine / temperature, 2) },
      {
        name: 'probability',
        term: 'probability',
        value: numberText(probability, probabilityDecimals(probability)),
      },
    ],
  };
}

export function lossFormula({ trace, followed }: StageData): Formula {
  const { infonce } = trace;
  const { probability } = columnOf(trace, followed, followed.anchor);
  const own = valueAt(infonce.losses, followed.anchor);
  const n = infonce.anchors.length;
  const each = infonce.anchors.map((_, i) =>
    termTex(i === followed.anchor ? 'ownLoss' : `anchor:${i}`, numberTex(valueAt(infonce.losses, i))),
  );
  const p = termTex('probability', numberTex(probability, probabilityDecimals(probability)));
  const value = termTex('infonce', numberTex(infonce.value));
  return {
    lines: [
      String.raw`\ell = -\log p_{+} = -\log ${p} = ${termTex('ownLoss', numberTex(own))}`,
      String.raw`\mathcal{L}_{\text{InfoNCE}} = \tfrac{1}{${n}}\bigl(${sumTex(each)}\bigr) = ${value}`,
    ],
    terms: [
      {
        name: 'probability',
        term: 'probability',
        value: numberText(probability, probabilityDecimals(probability)),
      },
      { name: 'ownLoss', term: 'ownLoss', value: numberText(own) },
      { name: 'infonce', term: 'infonce', value: numberText(infonce.value) },
    ],
  };
}
