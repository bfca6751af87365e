/** What a key does at the counter. The letters are the same in every language: they stand on the buttons. */
export const SHORTCUTS = {
  n: 'callNext',
  r: 'recall',
  s: 'start',
  c: 'complete',
  h: 'hold',
  t: 'transfer',
  x: 'markNoShow',
  q: 'requeue',
  w: 'serveWithoutTicket',
  p: 'break',
  u: 'undo',
  '/': 'search',
  '?': 'help',
} as const;
export type Shortcut = (typeof SHORTCUTS)[keyof typeof SHORTCUTS];

const BY_KEY: ReadonlyMap<string, Shortcut> = new Map(Object.entries(SHORTCUTS));

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Held down: the same key again and again is one press. */
  readonly repeat: boolean;
  /** Something else has taken it already. */
  readonly defaultPrevented: boolean;
  /** Somebody types into a field, or has a dialog or a menu open. */
  readonly busyElsewhere: boolean;
}

export function shortcutOf(press: KeyPress): Shortcut | null {
  if (press.repeat || press.defaultPrevented || press.busyElsewhere) return null;
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  return BY_KEY.get(press.key.toLowerCase()) ?? null;
}

/** "N" of 'callNext', as the button shows it. */
export function keyOf(shortcut: Shortcut): string {
  const found = Object.entries(SHORTCUTS).find(([, name]) => name === shortcut);
  return (found?.[0] ?? '').toUpperCase();
}

const TYPING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]';
const OVERLAY = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

export const pressOf = (event: KeyboardEvent): KeyPress => {
  const target = event.target instanceof Element ? event.target : null;
  return {
    key: event.key,
    ctrlKey: event.ctrlKey,
    metaKey: event.metaKey,
    altKey: event.altKey,
    repeat: event.repeat,
    defaultPrevented: event.defaultPrevented,
    busyElsewhere: target?.closest(TYPING) != null || document.querySelector(OVERLAY) !== null,
  };
};
