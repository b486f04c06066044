// Thins the record of a run to what the page's plots need of it, for records that are shipped with the page.
import type { RunEvent } from '../run/events.ts';

/** Digits kept of every measured value. */
const DIGITS = 5;

/** Steps between two kept losses. */
const EVERY = 5;

const isKept = (step: number): boolean => step === 1 || step % EVERY === 0;

/** The header, measurements, and some steps (every fifth, if nothing else is said), with rounded values. */
export function thinned(
  events: readonly RunEvent[],
  keepsStep: (step: number) => boolean = isKept,
): RunEvent[] {
  return events.flatMap((event): RunEvent[] => {
    switch (event.type) {
      case 'header':
      case 'edit':
      case 'end':
      case 'note':
        return [event];
      case 'metric':
        return [{ ...event, value: event.value === null ? null : rounded(event.value) }];
      case 'step':
        return keepsStep(event.step)
          ? [
              {
                ...event,
                loss: rounded(event.loss),
                infonce: rounded(event.infonce),
                ht: event.ht === null ? null : rounded(event.ht),
                gradNorm: rounded(event.gradNorm),
                learningRate: rounded(event.learningRate),
                milliseconds: rounded(event.milliseconds),
              },
            ]
          : [];
      default:
        return [];
    }
  });
}

/** A value with the digits that are kept. */
export const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
