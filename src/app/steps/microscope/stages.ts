// The stages of a training step, in order. Parts that a step does not have (a head, the HT loss) have no stage.
import type { StepTrace } from '../../../run/trace.ts';

const STAGE_KINDS = [
  'sentence',
  'tokens',
  'embeddings',
  'attention',
  'pooling',
  'head',
  'cosines',
  'softmax',
  'loss',
  'ht',
  'gradient',
  'clip',
  'update',
  'after',
] as const;
export type StageKind = (typeof STAGE_KINDS)[number];

export interface Stage {
  /** Unique; layers of attention are attention-0, attention-1, ... */
  id: string;
  kind: StageKind;
  /** Layer of an attention stage, counted from 0; 0 for other stages. */
  layer: number;
}

export function stagesOf(trace: Pick<StepTrace, 'knobs' | 'layers' | 'ht'>): Stage[] {
  return STAGE_KINDS.flatMap((kind): Stage[] => {
    if (kind === 'attention')
      return trace.layers.map((_, layer) => ({ id: `attention-${layer}`, kind, layer }));
    if ((kind === 'head' && !trace.knobs.head) || (kind === 'ht' && trace.ht === null)) return [];
    return [{ id: kind, kind, layer: 0 }];
  });
}
