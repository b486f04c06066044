// The two trails in the alignment-uniformity plane.
import { t } from '../messages/t.ts';
import { EVALUATION, TRAIN } from './evidence.ts';
import { trail } from './plane.ts';
import type { RunSeries } from '../../record/series.ts';

/** Held-out training data solid, evaluation data dashed. */
export const trailsOf = ({ alignment, uniformity }: RunSeries) => [
  {
    id: 'eval',
    label: t('plots.line.eval'),
    color: EVALUATION,
    dash: true,
    points: trail(alignment.eval, uniformity.eval),
  },
  {
    id: 'train',
    label: t('plots.line.train'),
    color: TRAIN,
    points: trail(alignment.train, uniformity.train),
  },
];
