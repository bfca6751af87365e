import { decideBooking } from '@schalter/shared/booking/decide.ts';
import { decideDirectory } from '@schalter/shared/directory/decide.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { contextIds } from '@schalter/shared/kernel/command.ts';
import { apply, copyLive, emptyLive, type Change } from '@schalter/shared/kernel/live.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import { decideQueue } from '@schalter/shared/queue/decide.ts';
import { pairId } from '@schalter/shared/kernel/derive-id.ts';
import type { AllLive, AllTables, AnyRule } from '@schalter/shared/registry.ts';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Signals } from '@schalter/shared/client/connection-state.ts';
import { actorOfPerson } from '@schalter/shared/platform/rights.ts';
import type { Person } from '@schalter/shared/platform/rows.ts';
import { TABLES } from '../wiring/rules.ts';
import {
  counters,
  devices,
  id,
  location,
  LOCATION,
  NOON,
  ORGANISATION,
  people,
  reservations,
  services,
} from './station.ts';

const rules: ReadonlyMap<string, AnyRule> = new Map(
  Object.entries({ ...decideDirectory, ...decideQueue, ...decideBooking }) as unknown as [string, AnyRule][],
);
const MINUTE = 60_000;
const KIOSK: Actor = {
  kind: 'device',
  deviceId: devices[0].id,
  deviceKind: 'kiosk',
  organisationId: ORGANISATION,
  locationId: LOCATION,
};
const LINK = 'playground-playground-';

/**
 * A house in memory that runs the real rules, so that each state of a screen is one that can happen. Time
 * stands still unless it is moved.
 */
export class House {
  live: AllLive = emptyLive<AllTables>(TABLES);
  now = NOON;
  #commands = 0;

  constructor() {
    const rows = [
      ['locations', [location]],
      ['services', Object.values(services)],
      ['counters', counters],
      ['people', Object.values(people)],
      ['devices', devices],
      ['reservations', reservations],
    ] as const;
    apply(
      this.live,
      rows.flatMap(([table, list]) => list.map((row) => ({ table, row }))) as unknown as Change<AllTables>[],
    );
  }

  /** Minutes before the moment that the picture shows. */
  ago(minutes: number): this {
    this.now = addMs(NOON, -minutes * MINUTE);
    return this;
  }

  as(person: Person): Extract<Actor, { kind: 'person' }> {
    return actorOfPerson(this.live, person, { deviceId: null, now: this.now });
  }

  /** Runs a command as somebody; answers as the server would. */
  run(actor: Actor, type: string, input: unknown): Sent {
    const commandId = id(9, ++this.#commands * 64).replace('-7000-', '-7000-');
    const rule = rules.get(type);
    if (rule === undefined) return { ok: false, code: 'unknownCommand' };
    const decision = rule(this.live, input, {
      now: this.now,
      occurredAt: this.now,
      streamId: LOCATION,
      organisationId: ORGANISATION,
      commandId,
      actor,
      given: { arrivalCodeFresh: true },
      id: contextIds(commandId),
    });
    if (!decision.ok) return decision;
    // A new set each time, as the replica does: what a screen holds never changes under it.
    this.live = apply(copyLive(this.live), decision.changes);
    return { ok: true, seq: this.#commands, result: decision.result ?? null };
  }

  signOn(person: Person, counter: number): void {
    this.run(this.as(person), 'directory.signOn', { counterId: counters[counter - 1]?.id, takeOver: false });
  }

  /** A number from the kiosk, or with a phone from afar. */
  join(
    service: keyof typeof services,
    how: { language?: string; name?: string; remote?: boolean } = {},
  ): void {
    const common = {
      serviceId: services[service].id,
      language: how.language ?? 'de',
      linkToken: `${LINK}${this.#commands}`,
      contact: null,
    };
    if (how.remote === true) {
      this.run({ kind: 'anonymous' }, 'queue.joinByPhone', { ...common, arrivalCode: null });
    } else {
      this.run(KIOSK, 'queue.issueTicket', { ...common, name: how.name ?? null, note: null });
    }
  }

  checkIn(n: number): void {
    const booked = reservations[n - 1];
    if (booked === undefined) return;
    this.run(KIOSK, 'booking.checkIn', {
      reference: booked.reference,
      lastName: booked.lastName,
      language: 'de',
      linkToken: `${LINK}${this.#commands}`,
      contact: null,
    });
  }

  /** The walls say what they did with the newest call. */
  receipts(sounds: readonly ('spoken' | 'chime' | 'silent' | null)[]): void {
    const call = [...this.live.rows.calls.values()].sort((a, b) => b.order - a.order)[0];
    if (call === undefined) return;
    devices
      .filter((device) => device.kind === 'display')
      .forEach((device, i) => {
        const sound = sounds[i] ?? null;
        if (sound === null) return;
        const row = {
          id: pairId(call.id, device.id),
          organisationId: ORGANISATION,
          locationId: LOCATION,
          archivedAt: null,
          callId: call.id,
          deviceId: device.id,
          order: call.order,
          shownAt: this.now,
          sound,
        };
        this.put('callReceipts', row);
      });
  }

  put<Name extends keyof AllTables>(table: Name, row: AllTables[Name]): void {
    this.live = apply(copyLive(this.live), [{ table, row } as Change<AllTables>]);
  }

  /** What the server signals: estimates, and which devices are connected. */
  signals(connected: readonly string[] = devices.map((d) => d.id)): Signals {
    const estimates = estimateWaits(this.live, this.now);
    return {
      estimates: { kind: 'estimates', streamId: LOCATION, at: this.now, ...estimates },
      devices: { kind: 'devices', streamId: LOCATION, connected },
      arrivalCode: null,
    };
  }
}

/** A lively morning: three counters, seven people waiting, one from afar. Lea works at counter 3. */
export function morning(): House {
  const house = new House();
  house.ago(90).signOn(people.lea, 3);
  house.signOn(people.marco, 1);
  house.signOn(people.nadia, 2);
  house.ago(25).join('walkIn');
  house.ago(19).join('walkIn', { name: 'Peter Ott' });
  const marco = house.as(people.marco);
  house.ago(7).run(marco, 'queue.callNext', { counterId: counters[0].id });
  const first = [...house.live.rows.stages.values()].find((stage) => stage.status === 'called');
  house.ago(6.7).run(marco, 'queue.start', { stageId: first?.id });
  house.ago(12).checkIn(1);
  house.ago(8).join('walkIn', { remote: true });
  house.ago(6).checkIn(2);
  house.ago(5).join('walkIn', { language: 'en' });
  house.ago(4).join('handBack', { language: 'fr' });
  house.ago(3).checkIn(3);
  house.ago(2).checkIn(4);
  house.ago(1).join('walkIn', { language: 'it' });
  house.ago(17).run(house.as(people.nadia), 'directory.setBreak', {
    counterId: counters[1].id,
    onBreak: true,
  });
  return house.ago(0);
}
