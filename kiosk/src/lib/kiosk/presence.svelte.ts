import { idleAfter } from './idle.ts';
import { needsTime, PLAIN, toggled, type Mode, type Modes } from './modes.ts';
import type { Speaker } from './speech.ts';

/** Whether somebody stands there, and what makes the screen easier for them. */
export class Presence {
  readonly #speaker: Speaker;
  modes = $state.raw<Modes>(PLAIN);
  /** Asked for a voice that this device does not have. */
  voiceless = $state.raw(false);
  secondsLeft = $state.raw<number | null>(null);
  #touchedMs: number;
  #lookedMs: number;

  constructor(speaker: Speaker, nowMs: number) {
    this.#speaker = speaker;
    this.#touchedMs = this.#lookedMs = nowMs;
  }

  get isPlain(): boolean {
    return !needsTime(this.modes) && !this.voiceless;
  }

  touch(nowMs: number): void {
    this.#touchedMs = nowMs;
    this.secondsLeft = null;
    this.#speaker.stop();
  }

  toggle(mode: Mode, canSpeak: boolean): void {
    const modes = toggled(this.modes, mode);
    this.voiceless = mode === 'speech' && modes.speech && !canSpeak;
    this.modes = this.voiceless ? { ...modes, speech: false } : modes;
  }

  /** True once nobody has been there for long enough. `waits`: nothing on the screen belongs to anybody. */
  hasLeft(nowMs: number, waits: boolean): boolean {
    if (waits) this.#touchedMs = nowMs;
    // The time begins, and goes on, when everything has been read out.
    if (this.#speaker.speaking) this.#touchedMs += nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    const idle = idleAfter(nowMs - this.#touchedMs, needsTime(this.modes));
    this.secondsLeft = idle.kind === 'asking' ? idle.secondsLeft : null;
    return idle.kind === 'over';
  }

  forget(): void {
    this.modes = PLAIN;
    this.voiceless = false;
    this.secondsLeft = null;
    this.#speaker.stop();
  }
}
