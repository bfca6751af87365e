// What one press does about what the server would not do.
import { describe, expect, test } from 'vitest';
import type { Refusal } from '@schalter/shared/client/store.ts';
import type { Desk } from '../counter/desk.ts';
import { House } from '../playground/house.ts';
import { counters, people, services } from '../playground/station.ts';
import { casesOf, settlementOf } from './settlement.ts';

const [one, , three] = counters;

function station() {
  const house = new House();
  house.ago(60).signOn(people.lea, 3);
  house.signOn(people.marco, 1);
  house.ago(20).join('walkIn', { name: 'Peter Ott' });
  house.ago(0);
  const stage = () => [...house.live.rows.stages.values()][0]!;
  const lea = house.as(people.lea);
  const marco = house.as(people.marco);
  const desk = (): Desk => ({
    live: house.live,
    now: house.now,
    timeZone: 'Europe/Zurich',
    actor: lea,
    signals: house.signals(),
    online: true,
    aloneFrom: null,
    act: (type, input) => Promise.resolve(house.run(lea, type, input)),
  });
  const refusal = (type: string, input: object = {}): Refusal => ({
    commandId: `${type}-${Math.random()}`,
    type,
    input: { stageId: stage().id, ...input },
    code: 'illegalMove',
    details: null,
    at: house.now,
    late: true,
  });
  const only = (...types: string[]) =>
    casesOf(
      house.live,
      types.map((type) => refusal(type)),
    )[0]!;
  /** Presses it; the answers. */
  const press = async (...types: string[]) => {
    const { steps } = settlementOf(desk(), only(...types)) ?? { steps: [] };
    const answers = [];
    for (const { type, input } of steps) answers.push((await desk().act(type, input)).ok);
    return answers;
  };
  return { house, stage, lea, marco, desk, refusal, only, press };
}

describe('[ST-03] what was refused is settled in one press', () => {
  test('what follows from one thing is one card; another customer is another, the newest first', () => {
    const { house, refusal, stage } = station();
    house.ago(1).join('walkIn');
    const other = [...house.live.rows.stages.values()].find(({ id }) => id !== stage().id)!;
    const cases = casesOf(house.live, [
      refusal('queue.start'),
      refusal('queue.complete'),
      refusal('queue.start', { stageId: other.id }),
      refusal('directory.signOff', { stageId: undefined }),
    ]);
    expect(cases.map(({ stage: of, refusals }) => [of?.id, refusals.length])).toEqual([
      [undefined, 1],
      [other.id, 1],
      [stage().id, 2],
    ]);
  });

  test('a customer who still waits is taken as far as the clerk had got', async () => {
    const { stage, press } = station();
    expect(await press('queue.start', 'queue.complete')).toEqual([true, true, true]);
    expect(stage()).toMatchObject({ status: 'done', counterId: three.id });
  });

  test('one whom somebody has cancelled meanwhile comes back and is taken', async () => {
    const { house, marco, stage, press } = station();
    house.run(marco, 'queue.cancel', { stageId: stage().id, reason: '' });
    expect(await press('queue.call', 'queue.start')).toEqual([true, true, true]);
    expect(stage()).toMatchObject({ status: 'serving', counterId: three.id });
  });

  test('one at the own counter goes on', async () => {
    const { house, lea, stage, press } = station();
    house.run(lea, 'queue.callNext', { counterId: three.id });
    expect(await press('queue.start')).toEqual([true]);
    expect(await press('queue.start', 'queue.complete')).toEqual([true]);
    expect(stage()).toMatchObject({ status: 'done' });
  });

  test('nothing is offered where the customer is elsewhere, was served, or the own counter is taken', () => {
    const { house, lea, marco, stage, desk, only } = station();
    house.run(marco, 'queue.callNext', { counterId: one.id });
    expect(settlementOf(desk(), only('queue.start'))).toBeNull();
    house.run(marco, 'queue.start', { stageId: stage().id });
    house.run(marco, 'queue.complete', { stageId: stage().id, outcome: null });
    expect(settlementOf(desk(), only('queue.complete'))).toBeNull();
    house.run(marco, 'queue.cancel', { stageId: stage().id, reason: '' });
    const wish = {
      counterId: three.id,
      serviceId: services.walkIn.id,
      language: 'de',
      linkToken: 'x'.repeat(24),
    };
    house.run(lea, 'queue.serveWithoutTicket', { ...wish, name: null, note: null });
    expect(settlementOf(desk(), only('queue.start'))).toBeNull();
    expect(settlementOf(desk(), only('queue.setNote'))).toBeNull();
  });
});
