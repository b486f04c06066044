// Before the first step of a run its kernels are compiled, all at once and with progress, instead of one after the other
// during the step.
import { encode } from '../encoder/encoder.ts';
import { NO_DROPOUT } from '../encoder/pass.ts';
import { pool, poolingPlaces } from '../encoder/pooling.ts';
import { compileFor, type CompileOptions } from '../kernels/compile.ts';
import { padRows } from '../tokenizer/pad.ts';
import { disposeClipped, type AdamW } from './adamw.ts';
import { averagedGradient, disposeGradient, stepGradient, type StepModel, type StepOptions } from './step.ts';
import type { StepRows } from './views.ts';

export interface WarmUp {
  model: StepModel;
  optimizer: AdamW;
  /** The batches of a step. */
  batches: readonly { rows: StepRows; options: StepOptions }[];
  maxGradNorm: number;
}

/**
 * Compiles what such a step runs, and an evaluation. The update of the weights is left out: it writes in place, and is
 * a kernel or two.
 */
export function warmUp(
  { model, optimizer, batches, maxGradNorm }: WarmUp,
  options: CompileOptions = {},
): Promise<void> {
  return compileFor(() => {
    evaluated(model, batches[0]!.rows);
    const gradient = averagedGradient(
      batches.map(
        ({ rows, options }) =>
          () =>
            stepGradient(model, rows, options),
      ),
    );
    disposeClipped(optimizer.clip(gradient.gradients, maxGradNorm));
    disposeGradient(gradient);
  }, options);
}

/** As embed.ts embeds sentences. */
function evaluated({ parameters, config, pooling }: StepModel, { rows }: StepRows): void {
  const batch = padRows(rows, config.padId);
  const places = poolingPlaces(batch, pooling);
  const states = encode(parameters, config, batch, { dropout: NO_DROPOUT, onlyTokens: true, places });
  pool(states, batch, pooling);
}
