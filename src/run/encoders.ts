// The encoders that come with the project, in models/NAME: this is the only list of them. Page, links, command line and
// build all read it.

export interface BundledEncoder {
  layers: number;
  hidden: number;
  /** What a visitor downloads, in megabytes: weights, tokenizer and configuration. */
  megabytes: number;
  /** How long a step of the page's default run takes, relative to the default encoder; measured on WASM. */
  cost: number;
  /** SPDX identifier of the licence that its training text requires. */
  licence: 'cc-by-sa-4.0';
}

export const ENCODERS = {
  pocket: { layers: 2, hidden: 128, megabytes: 3.0, cost: 1, licence: 'cc-by-sa-4.0' },
  mini: { layers: 4, hidden: 256, megabytes: 10.7, cost: 6, licence: 'cc-by-sa-4.0' },
} as const satisfies Record<string, BundledEncoder>;

export type EncoderName = keyof typeof ENCODERS;
export const ENCODER_NAMES = Object.keys(ENCODERS) as EncoderName[];

/** Always there, and the first that the page loads. */
export const DEFAULT_ENCODER: EncoderName = 'pocket';

/** The page chooses one of the bundled encoders by the speed of the device. */
export const AUTOMATIC = 'auto';
export type EncoderChoice = typeof AUTOMATIC | EncoderName;

export function isEncoderName(name: string): name is EncoderName {
  return Object.hasOwn(ENCODERS, name);
}

/** Files without which a folder of models/ is no encoder. */
export const ENCODER_FILES = ['config.json', 'tokenizer.json', 'model.safetensors'];
