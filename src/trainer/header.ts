// Builds the header event of a run's record, and the string that identifies an encoder in checkpoints.
import type { EncoderConfig } from '../encoder/config.ts';
import { isHead } from '../encoder/head.ts';
import type { Config } from '../run/config.ts';
import { RECORD_VERSION, type HeaderEvent } from '../run/events.ts';
import { settingName } from '../run/settings.ts';
import type { Prepared, RunInputs } from './prepare.ts';
import type { StepModel } from './step.ts';

export function headerOf(
  inputs: RunInputs,
  { examples, heldOut, totalSteps }: Prepared,
  { config: encoder, parameters, trained }: StepModel,
  config: Config,
): HeaderEvent {
  const groups = examples.filter((example) => example.sentences.length > 1).length;
  return {
    type: 'header',
    version: RECORD_VERSION,
    setting: settingName(inputs.setting),
    config,
    steps: totalSteps,
    model: {
      name: inputs.model.name,
      type: encoder.type,
      layers: encoder.layers,
      hidden: encoder.hidden,
      vocabulary: encoder.vocabulary,
      parameters: parameters.count(parameters.names().filter((name) => !isHead(name))),
      trained: parameters.count(trained),
    },
    corpus: {
      files: inputs.files,
      plain: examples.length - groups,
      groups,
      heldOut: heldOut.length,
      sts: inputs.sts.length,
    },
    device: inputs.device,
  };
}

/** Type and sizes of an encoder. */
export function identityOf({ type, layers, hidden, heads, intermediate, vocabulary }: EncoderConfig): string {
  return `${type} L${layers} H${hidden} A${heads} F${intermediate} V${vocabulary}`;
}
