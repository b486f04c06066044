// Warm-up of the kernels: compiles them before the first step of a run, all at once and with progress, instead of one
// after the other during the step. (Not the warm-up of the learning rate.)
import { encode } from '../encoder/encoder.ts';
import { NO_DROPOUT } from '../encoder/pass.ts';
import { pool, poolingPlaces } from '../encoder/pooling.ts';
import { compileFor, type CompileOptions } from '../kernels/compile.ts';
import { padRows } from '../tokenizer/pad.ts';
import { disposeClipped, type AdamW } from './adamw.ts';
import { averagedGradient, disposeGradient, stepGradient, type StepModel, type StepOptions } from './step.ts';
import type { StepRows } from './views.ts';

export interface StepToCompile {
  model: StepModel;
  optimizer: AdamW;
  /** The batches of a step. */
  batches: readonly { rows: StepRows; options: StepOptions }[];
  maxGradNorm: number;
}

/**
 * Compiles the kernels of such a step and of an evaluation. The weight update is left out, because it writes in place
 * and uses only one or two kernels.
 */
export function compileStep(
  { model, optimizer, batches, maxGradNorm }: StepToCompile,
  options: CompileOptions = {},
): Promise<void> {
  return compileFor(() => {
    embedInEvalMode(model, batches[0]!.rows);
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

/** Embeds the rows in eval mode, in the same way as embed.ts. */
function embedInEvalMode({ parameters, config, pooling }: StepModel, { rows }: StepRows): void {
  const batch = padRows(rows, config.padId);
  const places = poolingPlaces(batch, pooling);
  const states = encode(parameters, config, batch, { dropout: NO_DROPOUT, onlyTokens: true, places });
  pool(states, batch, pooling);
}
