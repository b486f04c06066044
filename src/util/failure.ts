// Errors that are shown to the user: one sentence that says what happened, where, and what to do about it.

/** Thrown when the user's input (a file, a knob, a folder) cannot be used, or when a run cannot continue. */
export class Failure extends Error {
  override name = 'Failure';
}

/** Thrown when the command itself is wrong (unknown setting, knob or option); the CLI exits with code 2. */
export class UsageFailure extends Failure {
  override name = 'UsageFailure';
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The closest known name by edit distance, for "did you mean ...?"; undefined when none is close enough. */
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
