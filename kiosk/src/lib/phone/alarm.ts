/** Two notes, three times: heard in a pocket, and no phone's own ring. Seconds and hertz. */
const NOTES = [
  { at: 0, hertz: 880 },
  { at: 0.18, hertz: 1_318 },
];
const REPEATS = 3;
const EVERY_S = 0.9;
const NOTE_S = 0.32;
const LOUDNESS = 0.5;
/** Milliseconds on and off, like the notes. */
const SHAKES = [400, 200, 400, 200, 400];

/** Sound and vibration for a call; the browser gives both only after a press. */
export class Alarm {
  #audio: AudioContext | null = null;

  /** From a press. A short sound proves that it works. */
  async switchOn(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume();
    this.#play(this.#audio, 1);
    navigator.vibrate?.(SHAKES[0] ?? 0);
  }

  ring(): void {
    if (this.#audio === null) return;
    this.#play(this.#audio, REPEATS);
    navigator.vibrate?.(SHAKES);
  }

  async switchOff(): Promise<void> {
    const audio = this.#audio;
    this.#audio = null;
    navigator.vibrate?.(0);
    await audio?.close();
  }

  #play(audio: AudioContext, times: number): void {
    const start = audio.currentTime;
    for (let n = 0; n < times; n++) {
      for (const { at, hertz } of NOTES) {
        const from = start + n * EVERY_S + at;
        const gain = audio.createGain();
        const tone = audio.createOscillator();
        tone.frequency.value = hertz;
        gain.gain.setValueAtTime(LOUDNESS, from);
        gain.gain.exponentialRampToValueAtTime(0.001, from + NOTE_S);
        tone.connect(gain).connect(audio.destination);
        tone.start(from);
        tone.stop(from + NOTE_S);
      }
    }
  }
}
