import { playTones } from '../tones.ts';

const REPEATS = 3;
/** Milliseconds on and off, like the notes. */
const SHAKES = [400, 200, 400, 200, 400];

/** Sound and vibration for a call; the browser gives both only after a press. */
export class Alarm {
  #audio: AudioContext | null = null;

  /** From a press. A short sound proves that it works. */
  async switchOn(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume();
    playTones(this.#audio, 1);
    navigator.vibrate?.(SHAKES[0] ?? 0);
  }

  ring(): void {
    if (this.#audio === null) return;
    playTones(this.#audio, REPEATS);
    navigator.vibrate?.(SHAKES);
  }

  async switchOff(): Promise<void> {
    const audio = this.#audio;
    this.#audio = null;
    if (audio === null) return;
    navigator.vibrate?.(0);
    await audio.close();
  }
}
