// Runs reference-value files through the real code, on the current backend. Each file has one verifier.
import { assertDeviceSound } from '../../kernels/deviceHealth.ts';
import { messageOf } from '../../util/failure.ts';
import type { CaseResult } from './compare.ts';
import { verifyCollator, verifyPrompt } from './data.ts';
import { verifyBert, verifyDropout } from './encoder.ts';
import { verifyCombined, verifyHierarchicalTriplet, verifyInfoNce } from './losses.ts';
import {
  verifyAlignmentUniformity,
  verifyLogisticProbe,
  verifyMatchErrorRate,
  verifyRfd,
  verifySpearman,
  verifyTransfer,
} from './metrics.ts';
import { verifyAdamW, verifyTrainingTrace } from './training.ts';

// The types of the files are declared next to their verifiers; a file of another type gives a failed case, not a crash.
type Verifier = (file: string, golden: never) => CaseResult[] | Promise<CaseResult[]>;

export const VERIFIERS: Record<string, Verifier> = {
  'adamw.json': verifyAdamW,
  'alignment_uniformity.json': verifyAlignmentUniformity,
  'bert_forward_backward.json': verifyBert,
  'collator.json': verifyCollator,
  'combined.json': verifyCombined,
  'dropout_statistics.json': verifyDropout,
  'hierarchical_triplet.json': verifyHierarchicalTriplet,
  'infonce.json': verifyInfoNce,
  'logistic_probe.json': verifyLogisticProbe,
  'match_error_rate.json': verifyMatchErrorRate,
  'prompt.json': verifyPrompt,
  'rfd.json': verifyRfd,
  'spearman.json': verifySpearman,
  'training_trace.json': verifyTrainingTrace,
  'transfer.json': verifyTransfer,
};

/** @param text content of the file. A file that is unknown, damaged or of another type gives one failed case. */
export async function verifyGolden(file: string, text: string): Promise<CaseResult[]> {
  const failed = (message: string): CaseResult[] => [
    { file, name: file, maxError: NaN, tolerance: 0, ok: false, message },
  ];
  const verifier = VERIFIERS[file];
  if (!verifier) return failed('no verifier knows this file');
  try {
    const results = await verifier(file, JSON.parse(text) as never);
    assertDeviceSound();
    return results.length > 0 ? results : failed('it holds no case');
  } catch (error) {
    return failed(messageOf(error));
  }
}
