// The first-visit tour: where it stands and which of its stops the visitor has completed by doing something.
import { read, write, type WebStorage } from './view.svelte.ts';

/** What the visitor has done so far, counted since the page was opened. */
export interface TourFacts {
  /** Steps trained here; a recorded run does not count. */
  trainedSteps: number;
  /** Sentence groups or pairs of the visitor's own. */
  typedPairs: number;
  /** Hot knobs turned while a run went. */
  hotEdits: number;
  /** A group on the map is under the pointer or selected. */
  hovered: boolean;
  /** The crosshair stands on a plot. */
  crosshair: boolean;
}

export interface TourRule {
  id: string;
  /** @param start what was true when the tour began, so that a second tour asks for doing it again */
  done: (facts: TourFacts, start: TourFacts) => boolean;
}

const SEEN = 'semblance.tour';

export class TourState {
  open = $state(false);
  index = $state(0);
  /** Ids of the completed stops. */
  completed = $state.raw<readonly string[]>([]);
  private readonly stops: readonly TourRule[];
  private readonly storage: WebStorage | null;
  private factsAtStart: TourFacts | null = null;
  /** Asked once a visit, however often the facts change. */
  private welcomed = false;

  constructor(stops: readonly TourRule[], storage: WebStorage | null) {
    this.stops = stops;
    this.storage = storage;
  }

  /** Opens by itself for somebody who has neither ended nor skipped it before. */
  startOnFirstVisit(facts: TourFacts): void {
    if (this.welcomed) return;
    this.welcomed = true;
    if (read(this.storage, SEEN) === null) this.start(facts);
  }

  start(facts: TourFacts): void {
    this.factsAtStart = { ...facts };
    this.completed = [];
    this.index = 0;
    this.open = true;
  }

  /** Ticks the stop on show, and any later one the visitor has run ahead to. */
  observe(facts: TourFacts): void {
    if (!this.open || this.factsAtStart === null) return;
    const start = this.factsAtStart;
    const fresh = this.stops.filter(({ id, done }) => !this.completed.includes(id) && done(facts, start));
    if (fresh.length > 0) this.completed = [...this.completed, ...fresh.map(({ id }) => id)];
  }

  /** The last stop's "next" ends the tour. */
  next(): void {
    if (this.index < this.stops.length - 1) this.index++;
    else this.close('done');
  }

  back(): void {
    if (this.index > 0) this.index--;
  }

  close(why: 'done' | 'skipped'): void {
    this.open = false;
    write(this.storage, SEEN, why);
  }
}
