/** How often it is looked; a tablet that slept is found at its first look. */
const LOOK_MS = 1_000;
const SIGNS = ['pointerdown', 'keydown', 'wheel'] as const;

export interface IdleOptions {
  readonly afterMs: number;
  /** Asked each time: what is not so now may be in a moment. */
  readonly mayFire: () => boolean;
  readonly onIdle: () => void;
}

/** Calls once, where nobody has touched or typed for so long. Gives back how to stop looking. */
export function whenIdle({ afterMs, mayFire, onIdle }: IdleOptions): () => void {
  let lastMs = Date.now();
  const touched = (): void => void (lastMs = Date.now());
  const stop = (): void => {
    clearInterval(looking);
    for (const sign of SIGNS) removeEventListener(sign, touched, { capture: true });
  };
  const looking = setInterval(() => {
    if (Date.now() - lastMs < afterMs || !mayFire()) return;
    stop();
    onIdle();
  }, LOOK_MS);
  for (const sign of SIGNS) addEventListener(sign, touched, { capture: true, passive: true });
  return stop;
}
