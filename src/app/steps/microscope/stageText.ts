// The sentence of each stage, with the numbers of the step. Terms are marked up like Markdown links: [text](term).
import { rowOf } from '../../../run/trace.ts';
import { t } from '../../messages/t.ts';
import { strongest } from './derived.ts';
import { hingesOf } from './followed.ts';
import type { StageData } from './stageData.ts';
import { decimalsApart, knobText, numberText } from './numbers.ts';
import type { Stage } from './stages.ts';

export function stageTitle(stage: Stage): string {
  return t(`microscope.${stage.kind}.title`, { layer: stage.layer + 1 });
}

/** The sentence with the markup of its terms. */
export function stageText(stage: Stage, data: StageData): string {
  const { trace, followed, query } = data;
  const common = { row: followed.row, hidden: trace.model.hidden, query };
  switch (stage.kind) {
    case 'sentence':
      return t('microscope.sentence.does', { ...common, anchors: trace.infonce.anchors.length });
    case 'attention':
      return t('microscope.attention.does', { ...common, ...attentionWords(data) });
    case 'pooling':
      return poolingText(data);
    case 'cosines':
      return t('microscope.cosines.does', {
        anchor: followed.anchor,
        others: trace.infonce.columns.length - 1,
      });
    case 'softmax':
      return t('microscope.softmax.does', { temperature: knobText(trace.knobs.temperature) });
    case 'ht':
      return hierarchyText(data);
    case 'gradient':
      return t('microscope.gradient.does', { ...common, column: data.column });
    case 'clip':
      return clipText(data);
    case 'update':
      return t('microscope.update.does', {
        name: trace.update.example.name,
        index: trace.update.example.index + 1,
      });
    case 'after': {
      const decimals = decimalsApart(trace.loss, trace.after.loss);
      return t('microscope.after.does', {
        loss: numberText(trace.loss, decimals),
        lossAfter: numberText(trace.after.loss, decimals),
      });
    }
    case 'tokens':
    case 'embeddings':
    case 'head':
    case 'loss':
      return t(`microscope.${stage.kind}.does`, common);
  }
}

/** The note below the formula of a stage; null if there is none. */
export function stageNote(stage: Stage, { trace }: StageData): string | null {
  const { accumulate } = trace.knobs;
  if (stage.kind === 'update' && accumulate > 1) return t('microscope.accumulated', { count: accumulate });
  return stage.kind === 'after' ? t('microscope.after.leaving') : null;
}

function attentionWords({ trace, followed, layer, head, query }: StageData) {
  const { tokens } = trace.rows[followed.row]!;
  const weights = rowOf(trace.layers[layer]!.attention, followed.row, head, query).subarray(0, tokens.length);
  const key = strongest(weights, 1)[0]!;
  // Brackets would break the markup of a term.
  return {
    token: unbracketed(tokens[query]!),
    key,
    head: head + 1,
    heads: trace.model.heads,
    keyToken: unbracketed(tokens[key]!),
  };
}

/** A token such as [CLS] without its brackets, for use within the markup of a term. */
function unbracketed(token: string): string {
  return token.replace(/[[\]]/g, '');
}

function poolingText({ trace, followed }: StageData): string {
  const { pooling } = trace.knobs;
  const values = {
    row: followed.row,
    hidden: trace.model.hidden,
    mask: Math.max(0, trace.rows[followed.row]!.tokens.length - 2),
  };
  if (pooling === 'cls') return t('microscope.pooling.doesCls', values);
  return t(pooling === 'mask' ? 'microscope.pooling.doesMask' : 'microscope.pooling.doesMean', values);
}

function hierarchyText({ trace, followed }: StageData): string {
  const hinges = hingesOf(trace, followed);
  if (hinges.length === 0) return t('microscope.ht.doesNot');
  return t('microscope.ht.does', {
    active: hinges.filter(({ active }) => active).length,
    pairs: hinges.length,
  });
}

function clipText({ trace }: StageData): string {
  const { gradNorm, clipFactor, knobs } = trace;
  const size = numberText(gradNorm);
  if (knobs.maxGradNorm <= 0) return t('microscope.clip.doesOff', { size });
  const outcome =
    clipFactor < 1 ? t('microscope.clip.cut', { factor: numberText(clipFactor) }) : t('microscope.clip.kept');
  return t('microscope.clip.does', { size, limit: knobText(knobs.maxGradNorm), outcome });
}

/** The sentence without markup, for screen readers. */
export function plainText(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1');
}
