// The area between the curve of the held-out training data and that of the evaluation data. Its height is the
// difference whose running mean is RFD, so it is cut where the curves cross: one tint where the training data is
// harder to fit (its value is larger), another where it is easier.
import { rfdCurve, type Reading } from '../../metrics/rfd.ts';
import { px } from './format.ts';
import type { Domain } from './thinned.ts';

export interface Gap {
  step: number;
  train: number;
  evaluation: number;
}

export interface SignedArea {
  /** 1: training above evaluation, harder to fit. */
  sign: 1 | -1;
  points: Gap[];
}

/** The steps that both curves have, beginning where RFD begins. */
export function paired(train: readonly Reading[], evaluation: readonly Reading[], from = 1): Gap[] {
  const byStep = new Map(evaluation.map(({ step, value }) => [step, value]));
  const gaps: Gap[] = [];
  for (const { step, value } of train) {
    const other = byStep.get(step);
    if (step < from || other === undefined || !Number.isFinite(value - other)) continue;
    gaps.push({ step, train: value, evaluation: other });
  }
  return gaps;
}

/** At most two gaps per pixel: the smallest and the largest difference of each column. */
export function thinGaps(gaps: readonly Gap[], domain: Domain, width: number): readonly Gap[] {
  const columns = Math.max(1, Math.floor(width));
  if (gaps.length <= 2 * columns) return gaps;
  const difference = (gap: Gap) => gap.train - gap.evaluation;
  const kept: Gap[] = [];
  const column = (gap: Gap) => Math.floor(((gap.step - domain[0]) / (domain[1] - domain[0])) * (columns - 1));
  for (let i = 0; i < gaps.length;) {
    const start = i;
    let [low, high] = [i, i];
    for (; i < gaps.length && column(gaps[i]!) === column(gaps[start]!); i++) {
      if (difference(gaps[i]!) < difference(gaps[low]!)) low = i;
      if (difference(gaps[i]!) > difference(gaps[high]!)) high = i;
    }
    kept.push(gaps[Math.min(low, high)]!);
    if (low !== high) kept.push(gaps[Math.max(low, high)]!);
  }
  return kept;
}

/** Cuts the area where the curves cross. */
export function signedAreas(gaps: readonly Gap[]): SignedArea[] {
  const areas: SignedArea[] = [];
  let open: SignedArea | undefined;
  for (const [i, gap] of gaps.entries()) {
    const difference = gap.train - gap.evaluation;
    const sign = difference > 0 ? 1 : difference < 0 ? -1 : (open?.sign ?? 1);
    if (open?.sign !== sign) {
      const cut = i > 0 ? crossing(gaps[i - 1]!, gap) : undefined;
      if (cut !== undefined) open?.points.push(cut);
      open = { sign, points: cut === undefined ? [] : [cut] };
      areas.push(open);
    }
    open.points.push(gap);
  }
  return areas.filter(({ points }) => points.length > 1);
}

/** The intersection of two line segments. */
function crossing(a: Gap, b: Gap): Gap {
  const [before, after] = [a.train - a.evaluation, b.train - b.evaluation];
  const share = before / (before - after);
  const value = a.train + share * (b.train - a.train);
  return { step: a.step + share * (b.step - a.step), train: value, evaluation: value };
}

/** Closed outline: along the training curve and back along the evaluation curve. */
export function areaPath(
  area: SignedArea,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const there = area.points.map((p) => `${px(x(p.step))},${px(y(p.train))}`);
  const back = area.points.map((p) => `${px(x(p.step))},${px(y(p.evaluation))}`).reverse();
  return `M${[...there, ...back].join('L')}Z`;
}

export interface Difficulty {
  gaps: Gap[];
  /** RFD after each step. */
  curve: Reading[];
  /** null before the first common reading. */
  value: number | null;
}

/** RFD of two growing curves, recomputed only when one of them has grown. */
export function runningDifficulty(): (
  train: readonly Reading[],
  evaluation: readonly Reading[],
) => Difficulty {
  /** The inputs of the cached result. */
  let known: unknown[] = [];
  let result: Difficulty = { gaps: [], curve: [], value: null };
  return (train, evaluation) => {
    const now = [train, train.length, train.at(-1), evaluation, evaluation.length, evaluation.at(-1)];
    if (known.length === 0 || now.some((part, i) => part !== known[i])) {
      const curve = rfdCurve(train, evaluation);
      result = { gaps: paired(train, evaluation), curve, value: curve.at(-1)?.value ?? null };
      known = now;
    }
    return result;
  };
}
