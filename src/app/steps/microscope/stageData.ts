// The data of a stage: the trace, the followed sentence, and the selected head, token and column for its formulas.
import { rowOf, type StepTrace } from '../../../run/trace.ts';
import { defaultAnchor, follow, type Followed } from './followed.ts';
import { termIndex, type TermIds } from './highlight.ts';

export interface StageData {
  trace: StepTrace;
  followed: Followed;
  /** Layer of an attention stage. */
  layer: number;
  head: number;
  /** Position of a token of the followed sentence. */
  query: number;
  /** A column of InfoNCE: the positive, unless another one has been pointed at. */
  column: number;
}

/** The visitor's selection, which is kept across stages. */
export interface Selection {
  anchor: number;
  head: number;
  query: number | null;
  column: number | null;
}

export function initialSelection(trace: StepTrace | null): Selection {
  return { anchor: trace === null ? 0 : defaultAnchor(trace), head: 0, query: null, column: null };
}

export function stageDataOf(trace: StepTrace, selection: Selection, layer: number): StageData {
  const followed = follow(trace, selection.anchor);
  const { tokens } = trace.rows[followed.row]!;
  const query = Math.min(selection.query ?? firstWord(tokens), tokens.length - 1);
  const queries = queryTokens(trace, followed.row, layer);
  return {
    trace,
    followed,
    layer,
    head: Math.min(selection.head, trace.model.heads - 1),
    query: queries.includes(query) ? query : (queries[0] ?? query),
    column: Math.min(selection.column ?? selection.anchor, trace.infonce.columns.length - 1),
  };
}

/** Positions for which a layer computes attention: in the last layer, possibly only the one that pooling reads. */
export function queryTokens({ rows, layers }: StepTrace, row: number, layer: number): number[] {
  const attention = layers[layer]?.attention;
  const positions = rows[row]!.tokens.map((_, position) => position);
  return attention
    ? positions.filter((position) => rowOf(attention, row, 0, position).some((weight) => weight > 0))
    : positions;
}

/** Position of the first token (after the leading special token) that is a word of at least four letters. */
function firstWord(tokens: readonly string[]): number {
  const word = tokens.findIndex((token, i) => i > 0 && /^\p{L}{4,}$/u.test(token));
  return word < 0 ? 1 : word;
}

/** Selects the column or the token among the terms at the pointer. */
export function withPointed(selection: Selection, terms: TermIds): Selection {
  const column = termIndex(terms, 'column') ?? selection.column;
  const query = termIndex(terms, 'query') ?? termIndex(terms, 'token') ?? selection.query;
  return column === selection.column && query === selection.query
    ? selection
    : { ...selection, column, query };
}
