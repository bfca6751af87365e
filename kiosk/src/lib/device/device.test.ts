import { describe, expect, it } from 'vitest';
import type { Transport } from '@schalter/shared/client/transport.ts';
import type { Answer, CommandEnvelope } from '@schalter/shared/kernel/command.ts';
import { LinkToken } from '@schalter/shared/queue/inputs.ts';
import { LateAnswers } from './answers.ts';
import { demoSlotOf } from './demo.ts';
import { newLinkToken } from './link-token.ts';
import { kioskMemory } from './memory.ts';

/** As much of a Storage as is used; `fails` where the browser keeps nothing. */
function storage(fails = false): Storage {
  const items = new Map<string, string>();
  const guard = <T>(work: () => T): T => {
    if (fails) throw new DOMException('denied', 'SecurityError');
    return work();
  };
  return {
    getItem: (key: string) => guard(() => items.get(key) ?? null),
    setItem: (key: string, value: string) => guard(() => void items.set(key, value)),
    removeItem: (key: string) => guard(() => void items.delete(key)),
    get length() {
      return items.size;
    },
    key: (n: number) => [...items.keys()][n] ?? null,
    clear: () => items.clear(),
  };
}

describe('the kiosk’s memory', () => {
  it('keeps apart what belongs to several demo kiosks of one browser', () => {
    const one = storage();
    kioskMemory(one, 1).setIdentity({ deviceId: 'd1', locationId: 'l' });
    expect(kioskMemory(one, 2).identity()).toBeNull();
    expect(kioskMemory(one, 1).identity()).toEqual({ deviceId: 'd1', locationId: 'l' });
  });
  it('[KI-08] forgets the number that was being given', () => {
    const place = storage();
    const memory = kioskMemory(place, null);
    memory.setGiving({ linkToken: 't', atMs: 1 });
    memory.setGiving(null);
    expect(place.length).toBe(0);
  });
  it('works where the browser keeps nothing, or something else', () => {
    const memory = kioskMemory(storage(true), null);
    memory.setIdentity({ deviceId: 'd', locationId: 'l' });
    expect(memory.identity()).toBeNull();
    const odd = storage();
    odd.setItem('schalter.kiosk.place', '{');
    expect(kioskMemory(odd, null).place()).toBeNull();
  });
});

describe('link tokens', () => {
  it('[PO-01] are 128 bits in a form that the server takes', () => {
    const token = newLinkToken((bytes) => bytes.fill(0xfb));
    expect(LinkToken.safeParse(token).success).toBe(true);
    expect(Buffer.from(token, 'base64url')).toEqual(Buffer.alloc(16, 0xfb));
  });
});

describe('the demo', () => {
  it.each([
    ['?demo=1&slot=3', 3],
    ['?demo=1', 1],
    ['?demo=1&slot=99', 1],
    ['?slot=3', null],
    ['', null],
  ])('%j is slot %j', (query, slot) => {
    expect(demoSlotOf(new URL(`http://localhost/kiosk/${query}`))).toBe(slot);
  });
});

describe('late answers', () => {
  const yes: Answer = { ok: true, seq: 1, result: null };
  const command = (commandId: string): CommandEnvelope => ({
    commandId,
    streamId: 's',
    type: 'queue.issueTicket',
    input: {},
    occurredAt: '2026-05-20T08:00:00.000Z',
  });
  const line = (answer: Answer | null): Transport => ({
    attach: () => () => undefined,
    isConnected: () => true,
    sendHello: () => Promise.resolve(null),
    sendCommand: () => Promise.resolve(answer),
  });
  it('[KI-01] are heard by whoever asks before, and by whoever asks after', async () => {
    const late = new LateAnswers();
    const before = late.of('a');
    await late.overhear(line(yes)).sendCommand(command('a'));
    expect(await before).toBe(yes);
    await late.overhear(line(yes)).sendCommand(command('b'));
    expect(await late.of('b')).toBe(yes);
  });
  it('silence is no answer', async () => {
    const late = new LateAnswers();
    const asked = late.of('a').then(() => 'answered');
    await late.overhear(line(null)).sendCommand(command('a'));
    expect(await Promise.race([asked, Promise.resolve('open')])).toBe('open');
  });
});
