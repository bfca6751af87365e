import { describe, expect, it } from 'vitest';
import { Sounder, type Heard } from './sounder.ts';

const CALL = { series: 'B', number: 42, counterName: '3', language: 'it' } as const;
const SPEECH = { languages: ['de', 'it'], speech: true } as const;

function sounder(
  over: { rings?: boolean; speaks?: boolean; voices?: readonly string[]; supported?: boolean } = {},
) {
  const { rings = true, speaks = true, voices = ['de', 'it'], supported = true } = over;
  const said: string[] = [];
  const made = new Sounder(
    {
      supported,
      running: rings,
      ring: async () => rings,
      unlock: async () => rings,
      stop: () => undefined,
      onStateChange: () => () => undefined,
    },
    {
      hasVoice: (language) => voices.includes(language),
      nameOf: (language) => language,
      speak: async ({ text }, onBegin = () => undefined) => {
        said.push(text);
        if (speaks) onBegin();
        return speaks;
      },
      stop: () => undefined,
    },
  );
  return { made, said };
}
async function heardOf(
  made: Sounder,
  speech: { languages: readonly ('de' | 'it')[]; speech: boolean } = SPEECH,
) {
  const heard: Heard[] = [];
  await made.announce(CALL, speech, (h) => heard.push(h));
  return heard;
}

describe('[DI-02] what was heard', () => {
  it('[D11] chime and voice: spoken, in the customer’s language', async () => {
    const { made, said } = sounder();
    expect(await heardOf(made)).toEqual(['spoken']);
    expect(said).toEqual(['Numero B, 42, si presenti allo sportello 3.']);
  });

  it('[D11] no voice, a voice that fails, or none wanted: the chime, said once', async () => {
    expect(await heardOf(sounder({ voices: [] }).made)).toEqual(['chime']);
    expect(await heardOf(sounder({ speaks: false }).made)).toEqual(['chime']);
    const { made, said } = sounder();
    expect(await heardOf(made, { ...SPEECH, speech: false })).toEqual(['chime']);
    expect(said).toEqual([]);
  });

  it('[D11] a sound that is locked: silent, and no voice either', async () => {
    const { made, said } = sounder({ rings: false });
    expect(await heardOf(made)).toEqual(['silent']);
    expect(said).toEqual([]);
  });

  it('[D6] stopped during the chime it does not go on to speak', async () => {
    const { made, said } = sounder();
    const heard: Heard[] = [];
    const announced = made.announce(CALL, SPEECH, (h) => heard.push(h));
    made.stop();
    await announced;
    expect([heard, said]).toEqual([['chime'], []]);
  });
});

it('[D12] says in which state its sound is', () => {
  expect(sounder().made.state(SPEECH)).toBe('voice');
  expect(sounder({ voices: ['fr'] }).made.state(SPEECH)).toBe('chimeOnly');
  expect(sounder().made.state({ ...SPEECH, speech: false })).toBe('chimeOnly');
  expect(sounder({ rings: false }).made.state(SPEECH)).toBe('locked');
  expect(sounder({ supported: false }).made.state(SPEECH)).toBe('off');
});
