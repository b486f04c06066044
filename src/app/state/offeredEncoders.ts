// Which of the bundled encoders this page offers: those that its build holds (vite.models.ts decides).
import { DEFAULT_ENCODER, type EncoderName } from '../../run/encoders.ts';

declare const BUNDLED_ENCODERS: readonly EncoderName[] | undefined;

/** Pages that are built without the encoders (of tests) have the default one alone. */
export const OFFERED_ENCODERS: readonly EncoderName[] =
  typeof BUNDLED_ENCODERS === 'undefined' ? [DEFAULT_ENCODER] : BUNDLED_ENCODERS;
