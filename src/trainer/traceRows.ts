// Describes each row of a traced step: its sentence, its tokens and its role in the batch.
import type { Batch } from '../data/batches.ts';
import { rowsAndColumns } from '../losses/objective.ts';
import { TRIPLET_ROLES, type Role } from '../run/roles.ts';
import type { TraceRow } from '../run/trace.ts';
import type { StepRows, TokenisedExample } from './views.ts';

export interface RowSource {
  examples: readonly TokenisedExample[];
  batch: Batch;
  /** Roles of a group's sentences in this run. */
  roles: readonly Role[];
  token: (id: number) => string;
}

/** One entry per row of the step, in the same order. */
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

/** The role of a sentence; a user's own pair among plain rows is an anchor and its positive. */
function roleAt(place: number, sentences: readonly string[], roles: readonly Role[]): Role {
  const own: readonly Role[] = sentences.length === roles.length ? roles : TRIPLET_ROLES;
  return own[place]!;
}

export interface RowPlaces {
  anchors: number[];
  columns: number[];
  /** Rows of each generated group; empty if there are none. */
  groups: number[][];
}

/** The row indices of a step, by their part in the objective. */
export function rowPlaces(step: StepRows, hierarchical: boolean): RowPlaces {
  const from = step.plain * step.plainSentences;
  const size = step.generatedSentences;
  const groups = Array.from({ length: step.generated }, (_, g) =>
    Array.from({ length: size }, (_unused, place) => from + g * size + place),
  );
  return { ...rowsAndColumns(step, hierarchical), groups };
}
