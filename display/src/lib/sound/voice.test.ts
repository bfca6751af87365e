import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Voice, voiceFor, type Speech } from './voice.ts';

const voice = (lang: string, localService = true): SpeechSynthesisVoice => ({
  lang,
  localService,
  name: lang,
  default: false,
  voiceURI: lang,
});
const SENTENCE = { text: 'Nummer B, 42, bitte zu Schalter 3.', language: 'de' } as const;

type Utterance = Pick<SpeechSynthesisUtterance, 'onstart' | 'onend' | 'onerror'>;
const fire = (handler: unknown): void => (handler as () => void)();

/** An engine that does with a sentence what the test says. */
function engine(
  speaks: (utterance: Utterance) => void,
  voices = [voice('de-DE')],
): { speech: Speech; cancelled: number } {
  const made = { speech: undefined as unknown as Speech, cancelled: 0 };
  made.speech = {
    getVoices: () => voices,
    cancel: () => (made.cancelled += 1),
    speak: (utterance) => speaks(utterance),
  };
  return made;
}
const voiceOf = ({ speech }: { speech: Speech }): Voice =>
  new Voice(
    speech,
    () => ({ onstart: null, onend: null, onerror: null }) as unknown as SpeechSynthesisUtterance,
  );

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('[DI-02] [D9] a voice always comes to an end', () => {
  it('[D9] says so when it was heard', async () => {
    const heard = voiceOf(
      engine((u) => {
        setTimeout(() => fire(u.onstart), 100);
        setTimeout(() => fire(u.onend), 2_500);
      }),
    ).speak(SENTENCE);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await heard).toBe(true);
  });

  it('[D9] one that never begins is given up after three seconds, and cancelled', async () => {
    const silent = engine(() => undefined);
    const heard = voiceOf(silent).speak(SENTENCE);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await heard).toBe(false);
    expect(silent.cancelled).toBe(1);
  });

  it('[D9] one that never ends is given up after nine', async () => {
    const endless = engine((u) => setTimeout(() => fire(u.onstart), 100));
    const heard = voiceOf(endless).speak(SENTENCE);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await heard).toBe(true);
    expect(endless.cancelled).toBe(1);
  });

  it('[D9] one that is refused, or breaks, ends at once', async () => {
    expect(await voiceOf(engine((u) => fire(u.onerror))).speak(SENTENCE)).toBe(false);
    const broken = engine(() => {
      throw new Error('not allowed');
    });
    expect(await voiceOf(broken).speak(SENTENCE)).toBe(false);
  });

  it('[D6] one that is stopped ends at once', async () => {
    const endless = voiceOf(engine((u) => fire(u.onstart)));
    const heard = endless.speak(SENTENCE);
    endless.stop();
    expect(await heard).toBe(true);
  });

  it('[D9] without an engine, or without a voice of the language, nothing is tried', async () => {
    expect(await new Voice(null, () => expect.fail('no engine')).speak(SENTENCE)).toBe(false);
    expect(await voiceOf(engine(() => expect.fail('no voice'), [voice('fr-FR')])).speak(SENTENCE)).toBe(
      false,
    );
  });
});

it('[D10] takes the Swiss voice first, and one on the device before one of the network', () => {
  const best = (...voices: SpeechSynthesisVoice[]) => voiceFor(voices, 'de')?.lang;
  expect(best(voice('en-GB'), voice('de-DE'), voice('de_CH'))).toBe('de_CH');
  expect(best(voice('de-CH', false), voice('de-AT'))).toBe('de-AT');
  expect(voiceFor([voice('fr-CH')], 'de')).toBeNull();
});
