// Relative fitting difficulty (RFD; Li et al. 2024): how much harder the held-out training pattern is to fit than the
// evaluation pattern.
//
//   RFD = mean over logged steps of (training value - evaluation value)
//
// It is computed for alignment (RFD_a) and for uniformity (RFD_u). The values before training (step 0) are left out, as
// the authors start at their first logged step, 125. A positive RFD means that the training data is harder to fit.

export interface Reading {
  step: number;
  value: number;
}

export interface Rfd {
  /** NaN when the two series have no step in common. */
  value: number;
  steps: number;
}

/** RFD of two series, matched by step. @param from first step that is included */
export function rfd(train: readonly Reading[], evaluation: readonly Reading[], from = 1): Rfd {
  const curve = rfdCurve(train, evaluation, from);
  return { value: curve.at(-1)?.value ?? NaN, steps: curve.length };
}

/** RFD over time: at each step, the mean of the differences so far (the area between the curves, per step). */
export function rfdCurve(train: readonly Reading[], evaluation: readonly Reading[], from = 1): Reading[] {
  const byStep = new Map(evaluation.map(({ step, value }) => [step, value]));
  let total = 0;
  let count = 0;
  const curve: Reading[] = [];
  for (const { step, value } of train) {
    const other = byStep.get(step);
    if (step < from || other === undefined) continue;
    total += value - other;
    curve.push({ step, value: total / ++count });
  }
  return curve;
}
