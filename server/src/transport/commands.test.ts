import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import type { Engine } from '../engine/execute.ts';
import { systemClock } from '../adapters/clock.ts';
import { commandHandler } from './commands.ts';
import { Limits } from './limits.ts';

const ids = { organisationId: randomUUID(), locationId: randomUUID() };
let executed = 0;
const engine = {
  execute: () => {
    executed++;
    return Promise.resolve({ ok: true, seq: 1, result: null } as const);
  },
} as unknown as Engine;
// Nothing here asks for a proof.
const proofs = { take: () => Promise.resolve(null), giveBack: () => Promise.resolve() };
const handlerOf = () => {
  executed = 0;
  const handle = commandHandler(engine, {
    limits: new Limits(),
    security: { record: () => Promise.resolve(true) },
    clock: systemClock,
    proofs,
  });
  return (type: string, actor: Actor, address = '203.0.113.7') =>
    handle({ type }, { actor, deviceId: null, revoked: false }, address);
};
const nobody: Actor = { kind: 'anonymous' };

it('[O5] [E14] somebody unknown may ask to join, and gets nowhere with anything else', async () => {
  const send = handlerOf();
  for (let i = 0; i < 20; i++) {
    expect(await send('queue.callNext', nobody)).toEqual({ ok: false, code: 'notSignedIn' });
  }
  expect(executed).toBe(0);
  // Those refusals have not used up what a guest may.
  expect(await send('queue.joinByPhone', nobody)).toMatchObject({ ok: true });
});

it('[Q-15] eight joins in ten minutes from one address, and others go on', async () => {
  const send = handlerOf();
  for (let i = 0; i < 8; i++) expect(await send('queue.joinByPhone', nobody)).toMatchObject({ ok: true });
  expect(await send('queue.joinByPhone', nobody)).toMatchObject({ code: 'rateLimited' });
  expect(await send('queue.joinByPhone', nobody, '203.0.113.8')).toMatchObject({ ok: true });
});

it('[O7] a customer’s link sends thirty commands a minute: the wall’s code is not guessed with it', async () => {
  const send = handlerOf();
  const customer: Actor = { kind: 'customer', visitId: randomUUID(), ...ids };
  const answers = [];
  for (let i = 0; i < 40; i++) answers.push(await send('queue.confirmArrival', customer));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(30);
  expect(await send('queue.confirmArrival', { ...customer, visitId: randomUUID() })).toMatchObject({
    ok: true,
  });
});

it('[Y21] a tablet that was cut off says at once what it has kept; a machine that does not stop is told when to come back', async () => {
  const send = handlerOf();
  const clerk: Actor = {
    ...({ kind: 'person', personId: randomUUID(), name: 'Lea', deviceId: null } as const),
    ...{ organisationId: ids.organisationId, rights: rightsAs('clerk', [ids.locationId]) },
  };
  const answers = [];
  for (let i = 0; i < 2_000; i++) answers.push(await send('queue.start', clerk));
  expect(answers.findIndex(({ ok }) => !ok)).toBe(1_800);
  expect(answers.at(-1)).toMatchObject({ code: 'rateLimited', details: { retryAfterS: expect.any(Number) } });
});
