import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { asPerson, type Api, type Proof } from '../lib/api.ts';
import { givePassword } from '../lib/give-password.ts';
import type { Plan } from './plan.ts';

export interface House {
  readonly streamId: string;
  readonly serviceIds: ReadonlyMap<string, string>;
  readonly counterIds: ReadonlyMap<string, string>;
  /** Signs the agent in anew: a day of a log is longer than a session. */
  signIn(agent: string): Promise<Proof>;
}

const ALL_DAY = [{ from: '00:00', to: '24:00' }];
const same = (text: string) => ({ de: text, fr: text, it: text, en: text });

/** A house of its own for the replay: a location with the log's services, a counter and a person per agent. */
export async function setUpHouse(api: Api, admin: Proof, plan: Plan, timeZone: string): Promise<House> {
  const streamId = uuid();
  const organisation = await api.request<{ id: string }>('GET', '/api/v1/organisation', admin);
  const submit = async (stream: string, type: string, input: unknown): Promise<void> => {
    const answer: Answer = await api.command(admin, { streamId: stream, type, input });
    if (!answer.ok)
      throw new Error(`${type} was refused: ${answer.code} ${JSON.stringify(answer.details ?? {})}`);
  };
  const tag = streamId.slice(-6);
  await submit(streamId, 'platform.openLocation', locationOf(`replay-${tag}`, plan, timeZone));
  const serviceIds = new Map<string, string>();
  for (const [i, service] of plan.services.entries()) {
    const serviceId = uuid();
    serviceIds.set(service.key, serviceId);
    await submit(streamId, 'directory.setService', { serviceId, service: serviceOf(service, i) });
  }
  const counterIds = new Map<string, string>();
  const passwords = new Map<string, string>();
  const emailOf = (agent: string): string => `${agent.toLowerCase()}.${tag}@replay.example`;
  for (const [i, { name, serviceKeys }] of plan.agents.entries()) {
    const [counterId, personId, password] = [uuid(), uuid(), randomBytes(12).toString('base64url')];
    counterIds.set(name, counterId);
    passwords.set(name, password);
    const served = serviceKeys.flatMap((key) => serviceIds.get(key) ?? []);
    const counter = { name, position: i, serviceIds: served, active: true };
    await submit(streamId, 'directory.setCounter', { counterId, counter });
    const person = { name: `Agent ${name}`, email: emailOf(name), role: 'clerk', locationIds: [streamId] };
    await submit(organisation.id, 'platform.setPerson', {
      personId,
      ...person,
      language: 'en',
      active: true,
    });
    await givePassword(api, { admin, personId, password });
  }
  return {
    streamId,
    serviceIds,
    counterIds,
    signIn: async (agent) => asPerson(await api.login(emailOf(agent), passwords.get(agent) ?? '')),
  };
}

const locationOf = (code: string, plan: Plan, timeZone: string) => ({
  code,
  name: `Replay of ${plan.day}`,
  kind: 'mall',
  address: '',
  phone: '',
  timeZone,
  hours: {
    week: { 1: ALL_DAY, 2: ALL_DAY, 3: ALL_DAY, 4: ALL_DAY, 5: ALL_DAY, 6: ALL_DAY, 7: ALL_DAY },
    exceptions: [],
  },
  dayStart: '00:00',
  endOfDay: 'close',
  languages: ['en'],
  waitingArea: same(''),
  houseMessage: same(''),
  joinByPhone: false,
  smsCountries: [],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  noShowAfterCalls: 2,
  noShowAfterS: 60,
  isPickup: false,
  isReturn: false,
  capacity: null,
  latitude: null,
  longitude: null,
});

const COLOURS = 8;
const SECONDS_PER_MIN = 60;

const serviceOf = ({ key, letter, creditS, serviceMin }: Plan['services'][number], i: number) => ({
  kind: 'walk_in',
  letter,
  colour: (i % COLOURS) + 1,
  name: same(key),
  hint: same(''),
  position: i,
  active: true,
  serviceMin,
  maxWaiting: null,
  hours: null,
  earlyMin: 0,
  lateMin: 0,
  creditMin: creditS / SECONDS_PER_MIN,
  selfService: true,
});
