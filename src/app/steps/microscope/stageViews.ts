// The picture component for each kind of stage. All components get the same props and use what they need.
import type { Component } from 'svelte';
import StageAfterUpdate from './StageAfterUpdate.svelte';
import StageAttention from './StageAttention.svelte';
import StageClip from './StageClip.svelte';
import StageCosines from './StageCosines.svelte';
import type { StageData } from './stageData.ts';
import StageGradient from './StageGradient.svelte';
import StageHt from './StageHt.svelte';
import StageLoss from './StageLoss.svelte';
import type { StageKind } from './stages.ts';
import StageSentence from './StageSentence.svelte';
import StageSoftmax from './StageSoftmax.svelte';
import StageTokens from './StageTokens.svelte';
import StageUpdate from './StageUpdate.svelte';
import StageVectors from './StageVectors.svelte';

export interface StageProps {
  kind: StageKind;
  data: StageData;
  /** Called when the visitor chooses another anchor, attention head or query token. */
  onfollow: (anchor: number) => void;
  onhead: (head: number) => void;
  onquery: (query: number) => void;
}

export const STAGE_VIEWS: Record<StageKind, Component<StageProps>> = {
  sentence: StageSentence,
  tokens: StageTokens,
  embeddings: StageVectors,
  attention: StageAttention,
  pooling: StageVectors,
  head: StageVectors,
  cosines: StageCosines,
  softmax: StageSoftmax,
  loss: StageLoss,
  ht: StageHt,
  gradient: StageGradient,
  clip: StageClip,
  update: StageUpdate,
  after: StageAfterUpdate,
};
