// A stop is completed by doing, never by clicking through; and nobody is shown the tour twice unasked.
import { describe, expect, it } from 'vitest';
import { TOUR_STOPS } from '../../../src/app/desk/tourStops.ts';
import { TourState, type TourFacts } from '../../../src/app/state/tour.svelte.ts';
import type { WebStorage } from '../../../src/app/state/view.svelte.ts';

const nothing: TourFacts = {
  trainedSteps: 0,
  typedPairs: 0,
  hotEdits: 0,
  hovered: false,
  crosshair: false,
};
function storage(): WebStorage {
  const held = new Map<string, string>();
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value) };
}
const begun = (facts = nothing, kept: WebStorage | null = storage()) => {
  const tour = new TourState(TOUR_STOPS, kept);
  tour.start(facts);
  return tour;
};

describe('the stops', () => {
  it.each([
    ['train', { trainedSteps: 1 }],
    ['map', { hovered: true }],
    ['plane', { crosshair: true }],
    ['temperature', { hotEdits: 1 }],
    ['own', { typedPairs: 1 }],
  ] as [string, Partial<TourFacts>][])('%s is completed by its own act and no other', (id, act) => {
    const tour = begun();
    tour.observe({ ...nothing, ...act });
    expect(tour.completed).toEqual([id]);
  });

  it('are five, in the order in which they tell the story', () => {
    expect(TOUR_STOPS.map(({ id }) => id)).toEqual(['train', 'map', 'plane', 'temperature', 'own']);
  });

  it('stay completed when the pointer leaves the map again', () => {
    const tour = begun();
    tour.observe({ ...nothing, hovered: true });
    tour.observe(nothing);
    expect(tour.completed.includes('map')).toBe(true);
  });
});

describe('the tour', () => {
  it('clicking through completes nothing', () => {
    const tour = begun();
    for (let i = 0; i < 5; i++) {
      tour.observe(nothing);
      tour.next();
    }
    expect(tour.completed).toEqual([]);
    expect(tour.open).toBe(false);
  });

  it('called again, asks for doing it again', () => {
    const before = { ...nothing, trainedSteps: 120, hotEdits: 2 };
    const tour = begun(before);
    tour.observe(before);
    expect(tour.completed).toEqual([]);
    tour.observe({ ...before, trainedSteps: 121 });
    expect(tour.completed).toEqual(['train']);
  });

  it('comes by itself once', () => {
    const kept = storage();
    const first = new TourState(TOUR_STOPS, kept);
    first.startOnFirstVisit(nothing);
    expect(first.open).toBe(true);
    first.close('skipped');
    first.startOnFirstVisit(nothing);
    expect(first.open).toBe(false);
    const second = new TourState(TOUR_STOPS, kept);
    second.startOnFirstVisit(nothing);
    expect(second.open).toBe(false);
    second.start(nothing);
    expect(second.open).toBe(true);
  });

  it('is not thrown back to its start when the facts change', () => {
    const tour = new TourState(TOUR_STOPS, storage());
    tour.startOnFirstVisit(nothing);
    tour.next();
    tour.startOnFirstVisit({ ...nothing, trainedSteps: 5 });
    expect(tour.index).toBe(1);
  });

  it('goes back, but not before its first stop', () => {
    const tour = begun();
    tour.back();
    expect(tour.index).toBe(0);
    tour.next();
    tour.back();
    expect(tour.index).toBe(0);
  });
});
