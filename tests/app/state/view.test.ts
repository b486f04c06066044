// Preferences must survive the visit where the browser lets them, and cost nothing where it does not.
import { describe, expect, it } from 'vitest';
import { ViewState, type WebStorage } from '../../../src/app/state/view.svelte.ts';

const storageOf = (held: Record<string, string> = {}): WebStorage & { held: Record<string, string> } => ({
  held,
  getItem: (key) => held[key] ?? null,
  setItem: (key, value) => {
    held[key] = value;
  },
});
const blocked: WebStorage = {
  getItem: () => {
    throw new Error('blocked');
  },
  setItem: () => {
    throw new Error('full');
  },
};
const rootOf = () => ({ dataset: {} as DOMStringMap });

describe('the view', () => {
  it('leaves the theme to the system until somebody chooses', () => {
    const root = rootOf();
    const view = new ViewState(root, storageOf());
    expect(root.dataset).toEqual({});
    view.theme = 'dark';
    expect(root.dataset).toEqual({ theme: 'dark' });
    view.theme = 'system';
    expect(root.dataset).toEqual({});
  });

  it('comes back as it was left', () => {
    const storage = storageOf();
    const first = new ViewState(rootOf(), storage);
    first.theme = 'light';
    first.projector = true;
    first.hiddenTab = 'pause';
    const root = rootOf();
    const second = new ViewState(root, storage);
    expect([second.theme, second.projector, second.hiddenTab]).toEqual(['light', true, 'pause']);
    expect(root.dataset).toEqual({ theme: 'light', projector: 'true' });
  });

  it('works where storage throws or holds nonsense', () => {
    const root = rootOf();
    const view = new ViewState(root, blocked);
    view.projector = true;
    expect(view.projector).toBe(true);
    expect(root.dataset).toEqual({ projector: 'true' });
    expect(new ViewState(rootOf(), storageOf({ 'semblance.theme': 'pink' })).theme).toBe('system');
  });

  it('follows the system', () => {
    let matches = false;
    const listeners: (() => void)[] = [];
    const view = new ViewState(rootOf(), null, () => ({
      get matches() {
        return matches;
      },
      addEventListener: (_type, listener) => listeners.push(listener),
    }));
    expect([view.dark, view.reducedMotion]).toEqual([false, false]);
    matches = true;
    listeners.forEach((listener) => listener());
    expect([view.dark, view.reducedMotion]).toEqual([true, true]);
    view.theme = 'light';
    expect(view.dark).toBe(false);
  });
});
