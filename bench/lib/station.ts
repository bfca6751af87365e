import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { location as demoLocation } from '@schalter/drizzle/seed/station.ts';

/** Sends one command as somebody and returns its answer. */
export type Submit = (who: Actor, streamId: string, type: string, input: unknown) => Promise<Answer>;

export const newLinkToken = (): string => randomBytes(24).toString('base64url');

export async function must(answer: Promise<Answer>, what: string): Promise<unknown> {
  const got = await answer;
  if (!got.ok) throw new Error(`${what} was refused: ${got.code} ${JSON.stringify(got.details ?? {})}`);
  return got.result;
}

export interface Station {
  readonly streamId: string;
  readonly serviceId: string;
  readonly counterIds: readonly string[];
}

const same = (text: string) => ({ de: text, fr: text, it: text, en: text });

/** A location with one service and as many counters as wanted, each serving it. */
export async function openStation(submit: Submit, admin: Actor, counters: number): Promise<Station> {
  const [streamId, serviceId] = [uuid(), uuid()];
  const send = (type: string, input: unknown) => must(submit(admin, streamId, type, input), type);
  await send('platform.openLocation', {
    ...demoLocation,
    code: `bench-${streamId.slice(-8)}`,
    name: 'Bench',
  });
  await send('directory.setService', {
    serviceId,
    service: {
      kind: 'walk_in',
      letter: 'A',
      colour: 1,
      name: same('Bench'),
      hint: same(''),
      position: 1,
      active: true,
      serviceMin: 5,
      maxWaiting: null,
      hours: null,
      earlyMin: 0,
      lateMin: 0,
      creditMin: 0,
      selfService: true,
    },
  });
  const counterIds = Array.from({ length: counters }, () => uuid());
  for (const [i, counterId] of counterIds.entries()) {
    const counter = { name: String(i + 1), position: i, serviceIds: [serviceId], active: true };
    await send('directory.setCounter', { counterId, counter });
  }
  return { streamId, serviceId, counterIds };
}

export const ticketInput = (serviceId: string) => ({
  serviceId,
  language: 'de',
  linkToken: newLinkToken(),
  contact: null,
  name: null,
  note: null,
});
