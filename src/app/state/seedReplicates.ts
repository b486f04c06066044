// Groups runs that differ only in their seed.
import type { HeaderEvent, RunEvent } from '../../run/events.ts';
import { modelWords } from './runNames.ts';

export interface SeededRun {
  id: string;
  header: HeaderEvent | null;
  parent: { id: string } | null;
  events: readonly RunEvent[];
}

/** A key of everything that defines a run except its seed; null for a run that cannot be grouped this way. */
function recipeKey({ header, parent, events }: SeededRun): string | null {
  if (header === null || parent !== null || header.from !== undefined) return null;
  const changes = events.flatMap((event): unknown[] => {
    if (event.type === 'edit') return [[event.step, event.knob, event.to]];
    return event.type === 'pairs' ? [[event.step, event.groups]] : [];
  });
  const { plain, groups, sts } = header.corpus;
  const config = { ...header.config, seed: null };
  return JSON.stringify([header.setting, modelWords(header), config, [plain, groups, sts], changes]);
}

/** Groups of at least two runs with the same recipe and different seeds, as ids in the order given. */
export function seedReplicates(runs: readonly SeededRun[]): string[][] {
  const groups = new Map<string, Map<number, string>>();
  for (const run of runs) {
    const key = recipeKey(run);
    if (key === null || run.header === null) continue;
    const seeds = groups.get(key) ?? new Map<number, string>();
    groups.set(key, seeds);
    // The same run twice does not count as a second seed.
    if (!seeds.has(run.header.config.seed)) seeds.set(run.header.config.seed, run.id);
  }
  return [...groups.values()].map((seeds) => [...seeds.values()]).filter((ids) => ids.length > 1);
}
