/** What makes the screen easier for somebody; all of it ends with the person. */
export interface Modes {
  readonly large: boolean;
  readonly contrast: boolean;
  readonly speech: boolean;
  /** Everything to touch in the lower half. */
  readonly low: boolean;
}
export type Mode = keyof Modes;

export const PLAIN: Modes = { large: false, contrast: false, speech: false, low: false };

export const toggled = (modes: Modes, mode: Mode): Modes => ({ ...modes, [mode]: !modes[mode] });

/** Somebody who needs one of these needs time as well. */
export const needsTime = (modes: Modes): boolean =>
  modes.large || modes.contrast || modes.speech || modes.low;

/** How a call for staff stands. */
export type Help = 'none' | 'calling' | 'called' | 'coming' | 'failed';

/** A sentence about the help that was asked for. */
export interface Notice {
  readonly text: string;
  readonly tone: 'good' | 'doubt';
}
