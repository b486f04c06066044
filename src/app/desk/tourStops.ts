// The five stops of the tour, as data: what each points at, what it says, and what the visitor does to complete it.
import type { MessageKey } from '../messages/t.ts';
import type { TourRule } from '../state/tour.svelte.ts';

export interface TourStop extends TourRule {
  /** What the stop points at: a `data-tour` or an id; the first one on the page is taken. */
  targets: readonly string[];
  titleKey: MessageKey;
  textKey: MessageKey;
}

export const TOUR_STOPS: readonly [TourStop, ...TourStop[]] = [
  {
    id: 'train',
    targets: ['transport-play'],
    titleKey: 'tour.train.title',
    textKey: 'tour.train.text',
    done: (facts, start) => facts.trainedSteps > start.trainedSteps,
  },
  {
    id: 'map',
    targets: ['plot-map'],
    titleKey: 'tour.map.title',
    textKey: 'tour.map.text',
    done: ({ hovered }) => hovered,
  },
  {
    id: 'plane',
    targets: ['plot-plane', 'plot-alignment', 'evidence'],
    titleKey: 'tour.plane.title',
    textKey: 'tour.plane.text',
    done: ({ crosshair }) => crosshair,
  },
  {
    id: 'temperature',
    targets: ['knob-temperature', 'recipe'],
    titleKey: 'tour.temperature.title',
    textKey: 'tour.temperature.text',
    done: (facts, start) => facts.hotEdits > start.hotEdits,
  },
  {
    id: 'own',
    // Whichever of the two tabs is open: both take a pair. The whole form, so that the card does not lie on its button.
    targets: ['pair-editor', 'panel-tryIt', 'tab-corpus'],
    titleKey: 'tour.own.title',
    textKey: 'tour.own.text',
    done: (facts, start) => facts.typedPairs > start.typedPairs,
  },
];
