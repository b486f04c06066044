// Errors that are meant for people: one sentence that says what happened, where, and what to do.

/** Something a person gave us (a file, a knob, a folder) cannot be used, or a run cannot go on. */
export class Failure extends Error {
  override name = 'Failure';
}

/** The command itself was wrong (unknown setting, knob or option); the CLI leaves with exit code 2. */
export class UsageFailure extends Failure {
  override name = 'UsageFailure';
}

/** The sentence of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The closest of the known names, for "did you mean ...?"; undefined when nothing is near. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
