// Compares our numbers with reference values: one result per case, with its largest error.

export interface CaseResult {
  file: string;
  name: string;
  /** Largest |ours - reference| / (1 + relative/absolute * |reference|), to be compared with `tolerance`. */
  maxError: number;
  tolerance: number;
  ok: boolean;
  /** What went wrong, unless it was a numerical difference. */
  message?: string;
}

export interface Tolerance {
  absolute: number;
  relative?: number;
}

/** Numbers nested in arrays, or a scalar. */
export type Nested = number | null | readonly Nested[];

function flatten(value: Nested | ArrayLike<number>): (number | null)[] {
  if (value === null || typeof value === 'number') return [value];
  return Array.from(value as ArrayLike<Nested>).flatMap((inner) => flatten(inner));
}

/** Collects the comparisons of one case. */
export class Comparison {
  private worst = 0;
  private failure: string | undefined;
  private tolerance = 0;

  constructor(
    private readonly file: string,
    private readonly name: string,
  ) {}

  /** Compares ours with the reference, number by number; null means "undefined" (null or NaN on our side). */
  close(
    what: string,
    ours: Nested | ArrayLike<number>,
    reference: Nested | ArrayLike<number>,
    { absolute, relative = 0 }: Tolerance,
  ): this {
    const [a, b] = [flatten(ours), flatten(reference)];
    if (a.length !== b.length) return this.fail(`${what}: ${a.length} numbers instead of ${b.length}`);
    // A case may use several tolerances; errors are scaled to the first one.
    if (this.tolerance === 0) this.tolerance = absolute;
    const scale = this.tolerance / absolute;
    b.forEach((expected, i) => {
      const actual = a[i] ?? null;
      if (expected === null) {
        if (actual !== null && !Number.isNaN(actual))
          this.fail(`${what}[${i}]: ${actual} instead of "not defined"`);
      } else if (actual === null || !Number.isFinite(actual)) {
        this.fail(`${what}[${i}]: ${actual} instead of ${expected}`);
      } else {
        this.worst = Math.max(
          this.worst,
          (scale * Math.abs(actual - expected)) / (1 + (relative / absolute) * Math.abs(expected)),
        );
      }
    });
    return this;
  }

  /** Checks values that must be exactly equal. */
  equal(what: string, ours: unknown, reference: unknown): this {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(reference)];
    return a === b ? this : this.fail(`${what}: ${a.slice(0, 120)} instead of ${b.slice(0, 120)}`);
  }

  fail(message: string): this {
    this.failure ??= message;
    return this;
  }

  result(): CaseResult {
    const ok = this.failure === undefined && this.worst <= this.tolerance;
    return {
      file: this.file,
      name: this.name,
      maxError: this.worst,
      tolerance: this.tolerance,
      ok,
      ...(this.failure !== undefined && { message: this.failure }),
    };
  }
}

/** A flat tensor in the format of the reference files. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}
