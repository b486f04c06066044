// What is looked at in a stage: the followed sentence, and the part of it (a head, a token, a column) in the formulas.
import { rowOf, type StepTrace } from '../../../run/trace.ts';
import { defaultAnchor, follow, type Followed } from './followed.ts';
import { litIndex, type Lit } from './lit.ts';

export interface Look {
  trace: StepTrace;
  followed: Followed;
  /** Of an attention stage. */
  layer: number;
  head: number;
  /** Place of a token of the followed sentence. */
  query: number;
  /** A column of InfoNCE: the positive, until another one is pointed at. */
  column: number;
}

/** What stays chosen while the stages go by. */
export interface Chosen {
  anchor: number;
  head: number;
  query: number | null;
  column: number | null;
}

export function firstChoice(trace: StepTrace | null): Chosen {
  return { anchor: trace === null ? 0 : defaultAnchor(trace), head: 0, query: null, column: null };
}

export function lookAt(trace: StepTrace, chosen: Chosen, layer: number): Look {
  const followed = follow(trace, chosen.anchor);
  const { tokens } = trace.rows[followed.row]!;
  const query = Math.min(chosen.query ?? firstWord(tokens), tokens.length - 1);
  const asking = askingTokens(trace, followed.row, layer);
  return {
    trace,
    followed,
    layer,
    head: Math.min(chosen.head, trace.model.heads - 1),
    query: asking.includes(query) ? query : (asking[0] ?? query),
    column: Math.min(chosen.column ?? chosen.anchor, trace.infonce.columns.length - 1),
  };
}

/** Places whose attention a layer has computed: in the last one it may be only the place that is read. */
export function askingTokens({ rows, layers }: StepTrace, row: number, layer: number): number[] {
  const attention = layers[layer]?.attention;
  const places = rows[row]!.tokens.map((_, place) => place);
  return attention
    ? places.filter((place) => rowOf(attention, row, 0, place).some((weight) => weight > 0))
    : places;
}

/** The first token that is a word of some length; what stands before the sentence belongs to the tokenizer. */
function firstWord(tokens: readonly string[]): number {
  const word = tokens.findIndex((token, i) => i > 0 && /^\p{L}{4,}$/u.test(token));
  return word < 0 ? 1 : word;
}

/** Pointing at a column or a token makes it the one that the formula speaks of, until another one is. */
export function pointedAt(chosen: Chosen, lit: Lit): Chosen {
  const column = litIndex(lit, 'column') ?? chosen.column;
  const query = litIndex(lit, 'query') ?? litIndex(lit, 'token') ?? chosen.query;
  return column === chosen.column && query === chosen.query ? chosen : { ...chosen, column, query };
}
