/** Two notes a third apart, falling: heard through talk, alarming nobody. Hz and seconds from the start. */
const NOTES = [
  { hz: 783.99, at: 0 },
  { hz: 622.25, at: 0.42 },
] as const;
/** A bell: the fundamental, and two partials that die away sooner. */
const PARTIALS = [
  { ratio: 1, gain: 0.5, decayS: 1.3 },
  { ratio: 2.01, gain: 0.16, decayS: 0.7 },
  { ratio: 3.98, gain: 0.05, decayS: 0.35 },
] as const;
/** The second note has faded enough for a voice to begin. */
const VOICE_AFTER_MS = 1_250;
/** A sound card that is gone lets `resume` wait for ever. */
const RESUME_MS_MAX = 1_000;
const ATTACK_S = 0.008;
const SILENCE = 0.0001;

/** The chime of a call, made of oscillators: no file to load, no decoder to fail. */
export class Chime {
  readonly #context: AudioContext | null;
  #playing: GainNode | null = null;

  constructor() {
    this.#context =
      typeof AudioContext === 'undefined' ? null : new AudioContext({ latencyHint: 'interactive' });
  }

  get supported(): boolean {
    return this.#context !== null;
  }

  /** False until somebody has touched the screen once, unless the browser was started otherwise. */
  get running(): boolean {
    return this.#context?.state === 'running';
  }

  onStateChange(run: () => void): () => void {
    this.#context?.addEventListener('statechange', run);
    return () => this.#context?.removeEventListener('statechange', run);
  }

  /** Has to be called from a touch or a key the first time. */
  async unlock(): Promise<boolean> {
    const context = this.#context;
    if (context === null) return false;
    if (context.state !== 'running') {
      const timeout = new Promise<void>((done) => setTimeout(done, RESUME_MS_MAX));
      await Promise.race([context.resume().catch(() => undefined), timeout]);
    }
    return this.running;
  }

  /** Rings, and resolves when a voice may begin; false where nothing could be heard. */
  async ring(): Promise<boolean> {
    const context = this.#context;
    if (context === null || !(await this.unlock())) return false;
    const out = context.createGain();
    out.connect(context.destination);
    this.#playing = out;
    for (const note of NOTES) {
      for (const partial of PARTIALS) strike(context, out, context.currentTime + note.at, note.hz, partial);
    }
    await new Promise((done) => setTimeout(done, VOICE_AFTER_MS));
    return true;
  }

  stop(): void {
    this.#playing?.disconnect();
    this.#playing = null;
  }
}

function strike(
  context: AudioContext,
  out: AudioNode,
  at: number,
  hz: number,
  partial: (typeof PARTIALS)[number],
): void {
  const oscillator = context.createOscillator();
  const envelope = context.createGain();
  oscillator.frequency.value = hz * partial.ratio;
  envelope.gain.setValueAtTime(SILENCE, at);
  envelope.gain.exponentialRampToValueAtTime(partial.gain, at + ATTACK_S);
  envelope.gain.exponentialRampToValueAtTime(SILENCE, at + partial.decayS);
  oscillator.connect(envelope).connect(out);
  oscillator.start(at);
  oscillator.stop(at + partial.decayS);
}
