// What each row of a step is: its sentence, its tokens and its role in the batch.
import type { Batch } from '../data/batches.ts';
import { rowsAndColumns } from '../losses/objective.ts';
import { TRIPLET_ROLES, type Role } from '../run/roles.ts';
import type { TraceRow } from '../run/trace.ts';
import type { StepRows, TokenisedExample } from './views.ts';

export interface RowSource {
  examples: readonly TokenisedExample[];
  batch: Batch;
  /** Sentences of a group as the run uses them. */
  roles: readonly Role[];
  token: (id: number) => string;
}

/** One entry for every row of the step, in its order. */
export function traceRows({ examples, batch, roles, token }: RowSource, { rows }: StepRows): TraceRow[] {
  const named = (members: readonly number[]) =>
    members.flatMap((i, group) => {
      const example = examples[i]!;
      const { id, generated, sentences } = example;
      const isSingle = sentences.length === 1;
      const texts = isSingle ? [sentences[0]!, sentences[0]!] : sentences;
      return texts.map((text, place) => {
        const role = isSingle ? (place === 0 ? 'anchor' : 'view') : roleAt(place, sentences, roles);
        return { id, group, place, role, generated, text } as const;
      });
    });
  return [...named(batch.plain), ...named(batch.generated)].map((row, r) => {
    const ids = rows[r]!;
    return { ...row, ids: [...ids], tokens: ids.map(token) };
  });
}

/** A user's pair in a setting without groups is an anchor and its positive. */
function roleAt(place: number, sentences: readonly string[], roles: readonly Role[]): Role {
  const own: readonly Role[] = sentences.length === roles.length ? roles : TRIPLET_ROLES;
  return own[place]!;
}

export interface RowPlaces {
  anchors: number[];
  columns: number[];
  /** Rows of every generated group; none without them. */
  groups: number[][];
}

/** The rows of the step by their part in the objective. */
export function rowPlaces(step: StepRows, hierarchical: boolean): RowPlaces {
  const from = step.plain * step.plainSentences;
  const size = step.generatedSentences;
  const groups = Array.from({ length: step.generated }, (_, g) =>
    Array.from({ length: size }, (_unused, place) => from + g * size + place),
  );
  return { ...rowsAndColumns(step, hierarchical), groups };
}
