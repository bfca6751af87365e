import type { Decide } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { hoursValid } from '../platform/hours.ts';
import type { DirectoryCommands } from './commands.ts';
import { decidePresence } from './decide-presence.ts';
import type { DirectoryFact } from './facts.ts';
import { counterIsBusy, openTickets } from './open-work.ts';
import type { Counter, DirectoryLive, DirectoryTables, Service } from './rows.ts';

/** Two names that sound the same over a loudspeaker are one: "3a" and "3A". */
const spoken = (name: string): string => name.toLowerCase();

export const decideDirectory: Decide<DirectoryCommands, DirectoryLive, DirectoryTables, DirectoryFact> = {
  ...decidePresence,

  'directory.setService': (live, { serviceId, service }, ctx) => {
    const before = live.rows.services.get(serviceId);
    const others = [...live.rows.services.values()].filter((s) => s.id !== serviceId);
    if (others.some((s) => s.letter === service.letter))
      return reject('letterTaken', { letter: service.letter });
    if (service.hours !== null && !hoursValid(service.hours)) return reject('hoursInvalid');
    const row: Service = {
      ...service,
      id: serviceId,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
    };
    return {
      ok: true,
      changes: [{ table: 'services', row }],
      facts: [
        { type: before === undefined ? 'directory.serviceAdded' : 'directory.serviceChanged', serviceId },
      ],
      result: { serviceId },
    };
  },

  'directory.archiveService': (live, { serviceId }, ctx) => {
    const service = live.rows.services.get(serviceId);
    if (service === undefined) return reject('serviceUnknown');
    const open = openTickets(live, serviceId);
    if (open > 0) return reject('serviceInUse', { open });
    const changes: Change<DirectoryTables>[] = [
      { table: 'services', row: { ...service, archivedAt: ctx.now, active: false } },
    ];
    for (const counter of live.rows.counters.values()) {
      if (!counter.serviceIds.includes(serviceId)) continue;
      const serviceIds = counter.serviceIds.filter((id) => id !== serviceId);
      changes.push({ table: 'counters', row: { ...counter, serviceIds } });
    }
    return { ok: true, changes, facts: [{ type: 'directory.serviceArchived', serviceId }] };
  },

  'directory.setCounter': (live, { counterId, counter }, ctx) => {
    const before = live.rows.counters.get(counterId);
    const others = [...live.rows.counters.values()].filter((c) => c.id !== counterId);
    if (others.some((c) => spoken(c.name) === spoken(counter.name))) {
      return reject('counterNameTaken', { counter: counter.name });
    }
    if (counter.serviceIds.some((id) => !live.rows.services.has(id))) return reject('serviceUnknown');
    if (!counter.active && counterIsBusy(live, counterId))
      return reject('counterBusy', { counter: counter.name });
    const row: Counter = {
      ...counter,
      serviceIds: [...new Set(counter.serviceIds)],
      id: counterId,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
    };
    const changes: Change<DirectoryTables>[] = [{ table: 'counters', row }];
    const facts: DirectoryFact[] = [
      { type: before === undefined ? 'directory.counterAdded' : 'directory.counterChanged', counterId },
    ];
    const presence = live.rows.presences.get(counterId);
    if (!counter.active && presence !== undefined) {
      changes.push({ table: 'presences', row: { ...presence, archivedAt: ctx.now } });
      facts.push({ type: 'directory.signedOff', counterId, personId: presence.personId });
    }
    return { ok: true, changes, facts, result: { counterId } };
  },

  'directory.archiveCounter': (live, { counterId }, ctx) => {
    const counter = live.rows.counters.get(counterId);
    if (counter === undefined) return reject('counterUnknown');
    if (counterIsBusy(live, counterId)) return reject('counterBusy', { counter: counter.name });
    const changes: Change<DirectoryTables>[] = [
      { table: 'counters', row: { ...counter, archivedAt: ctx.now, active: false } },
    ];
    const facts: DirectoryFact[] = [{ type: 'directory.counterArchived', counterId }];
    const presence = live.rows.presences.get(counterId);
    if (presence !== undefined) {
      changes.push({ table: 'presences', row: { ...presence, archivedAt: ctx.now } });
      facts.push({ type: 'directory.signedOff', counterId, personId: presence.personId });
    }
    return { ok: true, changes, facts };
  },
};
