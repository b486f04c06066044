// The first-visit tour: its current stop, and which stops the visitor has completed by doing something.
import { read, write, type WebStorage } from './view.svelte.ts';

/** What the visitor has done since the page was opened. */
export interface TourFacts {
  /** Steps trained here; a recorded run does not count. */
  trainedSteps: number;
  /** The visitor's own sentence groups or pairs. */
  typedPairs: number;
  /** Hot knobs changed while a run was training. */
  hotEdits: number;
  /** Whether a group on the map is hovered or selected. */
  hovered: boolean;
  /** Whether the crosshair is on a plot. */
  crosshair: boolean;
}

export interface TourRule {
  id: string;
  /** @param start the facts when the tour began, so that a second tour requires doing it again */
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
  /** Ensures that the tour is offered once per visit, however often the facts change. */
  private hasOffered = false;

  constructor(stops: readonly TourRule[], storage: WebStorage | null) {
    this.stops = stops;
    this.storage = storage;
  }

  /** Opens automatically for a visitor who has neither finished nor skipped it before. */
  startOnFirstVisit(facts: TourFacts): void {
    if (this.hasOffered) return;
    this.hasOffered = true;
    if (read(this.storage, SEEN) === null) this.start(facts);
  }

  start(facts: TourFacts): void {
    this.factsAtStart = { ...facts };
    this.completed = [];
    this.index = 0;
    this.open = true;
  }

  /** Marks the current stop as completed, and any later one that the visitor has completed already. */
  observe(facts: TourFacts): void {
    if (!this.open || this.factsAtStart === null) return;
    const start = this.factsAtStart;
    const fresh = this.stops.filter(({ id, done }) => !this.completed.includes(id) && done(facts, start));
    if (fresh.length > 0) this.completed = [...this.completed, ...fresh.map(({ id }) => id)];
  }

  /** The last stop's "next" button ends the tour. */
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
