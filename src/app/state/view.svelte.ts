// The visitor's view settings: theme, projector mode, what a hidden tab does. Stored in the browser where possible.

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export type HiddenTab = 'pause' | 'continue';

/** The part of localStorage that is used. It may be missing or throw: private windows, blocked cookies, full disk. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The part of <html> that is used. */
interface Root {
  dataset: DOMStringMap;
}

/** The part of a MediaQueryList that is used. */
interface MediaQuery {
  readonly matches: boolean;
  addEventListener(type: 'change', listener: () => void): void;
}

const KEYS = {
  theme: 'semblance.theme',
  projector: 'semblance.projector',
  hiddenTab: 'semblance.hiddenTab',
} as const;

export class ViewState {
  /** The system's reduced-motion setting; updated when it changes. */
  reducedMotion = $state(false);
  private systemDark = $state(false);
  private chosenTheme = $state<Theme>('system');
  private projectorOn = $state(false);
  private hiddenTabChoice = $state<HiddenTab>('continue');
  private readonly root: Root | null;
  private readonly storage: WebStorage | null;

  constructor(
    root: Root | null,
    storage: WebStorage | null,
    media: ((query: string) => MediaQuery) | null = null,
  ) {
    this.root = root;
    this.storage = storage;
    const theme = read(storage, KEYS.theme);
    this.chosenTheme = THEMES.find((known) => known === theme) ?? 'system';
    this.projectorOn = read(storage, KEYS.projector) === 'true';
    this.hiddenTabChoice = read(storage, KEYS.hiddenTab) === 'pause' ? 'pause' : 'continue';
    this.show();
    watch(media, '(prefers-reduced-motion: reduce)', (matches) => (this.reducedMotion = matches));
    watch(media, '(prefers-color-scheme: dark)', (matches) => (this.systemDark = matches));
  }

  get theme(): Theme {
    return this.chosenTheme;
  }
  set theme(theme: Theme) {
    this.chosenTheme = theme;
    write(this.storage, KEYS.theme, theme);
    this.show();
  }

  /** Whether the page is dark, by the visitor's choice or by the system setting. */
  get dark(): boolean {
    return this.chosenTheme === 'dark' || (this.chosenTheme === 'system' && this.systemDark);
  }

  get projector(): boolean {
    return this.projectorOn;
  }
  set projector(on: boolean) {
    this.projectorOn = on;
    write(this.storage, KEYS.projector, String(on));
    this.show();
  }

  /** What training does while the tab is hidden. */
  get hiddenTab(): HiddenTab {
    return this.hiddenTabChoice;
  }
  set hiddenTab(choice: HiddenTab) {
    this.hiddenTabChoice = choice;
    write(this.storage, KEYS.hiddenTab, choice);
  }

  /** Sets the attributes that select the theme and projector mode (style/tokens.css). */
  private show(): void {
    if (this.root === null) return;
    const { dataset } = this.root;
    if (this.chosenTheme === 'system') delete dataset.theme;
    else dataset.theme = this.chosenTheme;
    if (this.projectorOn) dataset.projector = 'true';
    else delete dataset.projector;
  }
}

/** localStorage, or null where accessing it throws. */
export function localStorageOrNull(): WebStorage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function read(storage: WebStorage | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** Stores a preference; failures are ignored, since nothing depends on it. */
export function write(storage: WebStorage | null, key: string, value: string): void {
  try {
    storage?.setItem(key, value);
  } catch {
    // Nothing to do or report: the choice lasts until the page is closed.
  }
}

function watch(
  media: ((query: string) => MediaQuery) | null,
  query: string,
  tell: (matches: boolean) => void,
): void {
  if (media === null) return;
  const list = media(query);
  tell(list.matches);
  list.addEventListener('change', () => tell(list.matches));
}
