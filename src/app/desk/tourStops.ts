// The five stops of the tour, as data: the target of each, its text, and what the visitor does to complete it.
import type { MessageKey } from '../messages/t.ts';
import type { TourRule } from '../state/tour.svelte.ts';

export interface TourStop extends TourRule {
  /** Possible targets, each a `data-tour` value or an id; the first one that is visible on the page is used. */
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
    // Either tab, since both accept a pair. The target is the whole form, so that the card does not cover its button.
    targets: ['pair-editor', 'panel-tryIt', 'tab-corpus'],
    titleKey: 'tour.own.title',
    textKey: 'tour.own.text',
    done: (facts, start) => facts.typedPairs > start.typedPairs,
  },
];
