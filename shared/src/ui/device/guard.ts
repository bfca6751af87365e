export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** Held on a Swiss keyboard for @ and #: a way to type, not a shortcut. */
  readonly altGraph: boolean;
}

const USED: ReadonlySet<string> = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Tab',
  'Enter',
  'Escape',
  'Backspace',
  'Delete',
  'Shift',
  'AltGraph',
  'Dead',
]);

/** True for every key that could lead out of the kiosk: function keys, shortcuts, browser and media keys. */
export function leadsOut({ key, ctrlKey, altKey, metaKey, altGraph }: Key): boolean {
  if (metaKey || ((ctrlKey || altKey) && !altGraph)) return true;
  return key.length > 1 && !USED.has(key);
}

/** What a browser does by itself and a screen in a public hall must not. */
const SWALLOWED = [
  ...['contextmenu', 'selectstart', 'dragstart', 'dragover', 'drop', 'copy', 'cut', 'paste', 'auxclick'],
  // Safari's pinch; elsewhere `touch-action` and the wheel below.
  ...['gesturestart', 'gesturechange'],
] as const;

export interface GuardParts {
  readonly onTouch: () => void;
  /** Sees every key first; true where it is not to be typed. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
}

/** Nothing leads out of the screen, and every touch and key is known. Returns how to end it. */
export function guardScreen({ onTouch, onKey }: GuardParts): () => void {
  const off = new AbortController();
  const options = { capture: true, passive: false, signal: off.signal } as const;

  for (const type of SWALLOWED) document.addEventListener(type, (event) => event.preventDefault(), options);
  document.addEventListener('pointerdown', onTouch, options);
  // A screen has one page: a link that found its way onto it opens nothing, a field for files or a second window
  // neither. (Where a page asks for a file, Chromium says in a bar of its own that it may not.)
  document.addEventListener(
    'click',
    (event) => {
      if (event.target instanceof Element && event.target.closest('a, area, input[type=file]'))
        event.preventDefault();
    },
    options,
  );
  const open = window.open.bind(window);
  window.open = () => null;
  document.addEventListener(
    'mousedown',
    (event) => {
      // The middle button scrolls by itself, or opens what was copied last.
      if (event.button !== 0) event.preventDefault();
    },
    options,
  );
  document.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1) event.preventDefault();
    },
    options,
  );
  document.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    options,
  );
  document.addEventListener(
    'keydown',
    (event) => {
      onTouch();
      const { key, ctrlKey, altKey, metaKey } = event;
      const isTaken = onKey?.(event) ?? false;
      const altGraph = event.getModifierState('AltGraph');
      if (isTaken || leadsOut({ key, ctrlKey, altKey, metaKey, altGraph })) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    options,
  );
  return () => {
    window.open = open;
    off.abort();
  };
}
