// The names of the plots, and the visitor's choice of which to show; stored between visits if the browser allows it.

export const PLOT_NAMES = [
  'loss',
  'alignment',
  'uniformity',
  'plane',
  'rfd-alignment',
  'rfd-uniformity',
  'sts',
  'cosines',
  'mer',
] as const;
export type PlotName = (typeof PLOT_NAMES)[number];

export const SHOWN_AT_FIRST: readonly PlotName[] = [
  'loss',
  'alignment',
  'uniformity',
  'plane',
  'sts',
  'cosines',
];

const KEY = 'semblance.plots';

const isPlotName = (name: unknown): name is PlotName => PLOT_NAMES.some((known) => known === name);

/** @param storage called lazily: merely accessing localStorage throws where cookies are blocked */
export function readShown(storage: () => Pick<Storage, 'getItem'>): PlotName[] {
  try {
    const saved: unknown = JSON.parse(storage().getItem(KEY) ?? 'null');
    if (Array.isArray(saved)) return PLOT_NAMES.filter((name) => saved.filter(isPlotName).includes(name));
  } catch {
    // Blocked or invalid: start with the defaults.
  }
  return [...SHOWN_AT_FIRST];
}

export function saveShown(shown: readonly PlotName[], storage: () => Pick<Storage, 'setItem'>): void {
  try {
    storage().setItem(KEY, JSON.stringify(shown));
  } catch {
    // Full or blocked: the choice lasts as long as the page.
  }
}
