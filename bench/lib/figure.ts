/** One line of the bench: what was measured, against what. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly target: string;
  readonly ok: boolean;
  /** What a reader wants to know beside it: absolute figures, spread, conditions. */
  readonly details: readonly string[];
}

/** A measurement that can be run alone: `npm run bench -- --only <key>`. */
export interface Measurement {
  readonly key: string;
  /** Seconds, about, so that somebody who waits knows for how long. */
  readonly takesS: number;
  measure(options: MeasureOptions): Promise<readonly Figure[]>;
}

export interface MeasureOptions {
  readonly say: (line: string) => void;
}

export const fixed = (value: number, digits = 1): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '–';
