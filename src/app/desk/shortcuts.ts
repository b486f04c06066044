// Keyboard shortcuts of the page: their table, and when a key press belongs to the focused element instead.
import type { MessageKey } from '../messages/t.ts';

export type ShortcutAction =
  'play' | 'step' | 'back' | 'microscope' | 'reset' | 'projector' | 'help' | 'close';

export interface Shortcut {
  action: ShortcutAction;
  /** KeyboardEvent.key, lower case. */
  key: string;
  /** Message key of the label on the key cap. */
  capKey: MessageKey;
  labelKey: MessageKey;
  /** Whether holding the key down repeats the action. */
  repeats: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'play', key: ' ', capKey: 'desk.keys.space', labelKey: 'desk.shortcuts.play', repeats: false },
  {
    action: 'step',
    key: 'arrowright',
    capKey: 'desk.keys.right',
    labelKey: 'desk.shortcuts.step',
    repeats: true,
  },
  {
    action: 'back',
    key: 'arrowleft',
    capKey: 'desk.keys.left',
    labelKey: 'desk.shortcuts.back',
    repeats: true,
  },
  {
    action: 'microscope',
    key: 'm',
    capKey: 'desk.keys.m',
    labelKey: 'desk.shortcuts.microscope',
    repeats: false,
  },
  { action: 'reset', key: 'r', capKey: 'desk.keys.r', labelKey: 'desk.shortcuts.reset', repeats: false },
  {
    action: 'projector',
    key: 'p',
    capKey: 'desk.keys.p',
    labelKey: 'desk.shortcuts.projector',
    repeats: false,
  },
  { action: 'help', key: '?', capKey: 'desk.keys.question', labelKey: 'desk.shortcuts.help', repeats: false },
  {
    action: 'close',
    key: 'escape',
    capKey: 'desk.keys.escape',
    labelKey: 'desk.shortcuts.close',
    repeats: false,
  },
];

/** The properties of the focused element that matter for key presses. */
export interface KeyTarget {
  /** Tag name, lower case. */
  tag: string;
  /** Type of an <input>, lower case. */
  inputType: string;
  role: string | null;
  editable: boolean;
  /** Inside an element that claims all keys with `data-own-keys`, or inside a dialog. */
  keepsKeys: boolean;
}

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  /** Another handler, closer to the focused element, has already handled the key. */
  defaultPrevented: boolean;
}

/** Input types without text entry, which need only some keys. */
const UNTYPED_INPUTS = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'file', 'color'];
const PRESSED_TAGS = ['button', 'summary', 'a'];
const PRESSED_ROLES = ['button', 'switch', 'checkbox', 'menuitem', 'tab', 'option', 'link'];
const ARROW_ROLES = [
  'slider',
  'radio',
  'radiogroup',
  'tab',
  'tablist',
  'menu',
  'menuitem',
  'listbox',
  'option',
  'grid',
  'treeitem',
];

const typesText = (target: KeyTarget): boolean =>
  target.editable ||
  target.tag === 'textarea' ||
  target.tag === 'select' ||
  (target.tag === 'input' && !UNTYPED_INPUTS.includes(target.inputType)) ||
  ['textbox', 'combobox', 'searchbox', 'spinbutton'].includes(target.role ?? '');

/** Whether the focused element needs the key itself: space presses a button, arrow keys move a slider. */
function neededByTarget(key: string, target: KeyTarget): boolean {
  const role = target.role ?? '';
  if (key === ' ') {
    return target.tag === 'input' || PRESSED_TAGS.includes(target.tag) || PRESSED_ROLES.includes(role);
  }
  if (key.startsWith('arrow')) {
    return (
      (target.tag === 'input' && ['range', 'radio'].includes(target.inputType)) || ARROW_ROLES.includes(role)
    );
  }
  return false;
}

/** The action of a key press; null if it is not a shortcut. */
export function shortcutOf(press: KeyPress, target: KeyTarget): ShortcutAction | null {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  const shortcut = SHORTCUTS.find((entry) => entry.key === key);
  if (shortcut === undefined || (press.repeat && !shortcut.repeats)) return null;
  if (shortcut.action === 'close') return 'close';
  if (target.keepsKeys || typesText(target) || neededByTarget(key, target)) return null;
  return shortcut.action;
}

/** Reads the properties of a keyboard event's target. */
function keyTarget(target: EventTarget | null): KeyTarget {
  if (!(target instanceof HTMLElement || target instanceof SVGElement)) {
    return { tag: '', inputType: '', role: null, editable: false, keepsKeys: false };
  }
  return {
    tag: target.tagName.toLowerCase(),
    inputType: target instanceof HTMLInputElement ? target.type : '',
    role: target.getAttribute('role'),
    editable: target instanceof HTMLElement && target.isContentEditable,
    keepsKeys: target.closest('[data-own-keys], dialog, [role="dialog"]') !== null,
  };
}

/** Listens on the window. @returns a function that removes the listener */
export function listenToShortcuts(act: (action: ShortcutAction) => void): () => void {
  const listen = (event: KeyboardEvent) => {
    const action = shortcutOf(event, keyTarget(event.target));
    if (action === null) return;
    if (action !== 'close') event.preventDefault(); // otherwise space would scroll the page
    act(action);
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}
