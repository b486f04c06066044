// A key must act once, and never while somebody types or while the focused control needs it.
import { describe, expect, it } from 'vitest';
import { SHORTCUTS, shortcutOf, type KeyPress, type KeyTarget } from '../../../src/app/desk/shortcuts.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  ...more,
});
const target = (more: Partial<KeyTarget> = {}): KeyTarget => ({
  tag: 'body',
  inputType: '',
  role: null,
  editable: false,
  keepsKeys: false,
  ...more,
});
const KEYS = [' ', 'ArrowRight', 'r', 'p', '?', 'Escape'];

describe('shortcuts', () => {
  it('act on the page itself', () => {
    expect(KEYS.map((key) => shortcutOf(press(key), target()))).toEqual([
      'play',
      'step',
      'reset',
      'projector',
      'help',
      'close',
    ]);
    expect(shortcutOf(press('R'), target())).toBe('reset'); // caps lock
    expect(shortcutOf(press('x'), target())).toBeNull();
  });

  it('each key and each action stands once in the table', () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
    expect(new Set(SHORTCUTS.map(({ action }) => action)).size).toBe(SHORTCUTS.length);
  });

  it.each([
    { tag: 'input', inputType: 'text' },
    { tag: 'input', inputType: 'search' },
    { tag: 'textarea' },
    { tag: 'select' },
    { tag: 'div', editable: true },
    { tag: 'div', role: 'combobox' },
  ])('are silent while typing in $tag $inputType $role', (where) => {
    for (const key of KEYS.filter((name) => name !== 'Escape')) {
      expect(shortcutOf(press(key), target(where))).toBeNull();
    }
  });

  it('space on a focused button is that button’s: it must not fire twice', () => {
    for (const where of [
      { tag: 'button' },
      { tag: 'summary' },
      { tag: 'button', role: 'switch' },
      { tag: 'input', inputType: 'radio' },
    ]) {
      expect(shortcutOf(press(' '), target(where))).toBeNull();
    }
    expect(shortcutOf(press('r'), target({ tag: 'button' }))).toBe('reset');
    expect(shortcutOf(press('ArrowRight'), target({ tag: 'button' }))).toBe('step');
  });

  it('arrows belong to sliders, radio buttons and tabs', () => {
    for (const where of [
      { tag: 'input', inputType: 'range' },
      { tag: 'input', inputType: 'radio' },
      { tag: 'g', role: 'slider' },
    ]) {
      expect(shortcutOf(press('ArrowRight'), target(where))).toBeNull();
    }
    expect(shortcutOf(press('r'), target({ tag: 'input', inputType: 'range' }))).toBe('reset');
  });

  it('leave the browser its own: Ctrl+R, Cmd+P, Alt+arrow, and what somebody has used', () => {
    expect(shortcutOf(press('r', { ctrlKey: true }), target())).toBeNull();
    expect(shortcutOf(press('p', { metaKey: true }), target())).toBeNull();
    expect(shortcutOf(press('ArrowRight', { altKey: true }), target())).toBeNull();
    expect(shortcutOf(press(' ', { defaultPrevented: true }), target())).toBeNull();
  });

  it('holding a key down steps on, but does not flicker between play and pause', () => {
    expect(shortcutOf(press('ArrowRight', { repeat: true }), target())).toBe('step');
    expect(shortcutOf(press(' ', { repeat: true }), target())).toBeNull();
    expect(shortcutOf(press('r', { repeat: true }), target())).toBeNull();
  });

  it('in a dialog or in a plot that uses keys itself, only Esc is left', () => {
    expect(KEYS.map((key) => shortcutOf(press(key), target({ keepsKeys: true })))).toEqual([
      null,
      null,
      null,
      null,
      null,
      'close',
    ]);
  });
});
