import type { Actor } from '../kernel/actor.ts';
import type { Context, Decide } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { addMs } from '../kernel/time.ts';
import { canBeyondOwn } from '../platform/access.ts';
import { openCounterIds, SHARE_MS } from './away.ts';
import type { DirectoryCommands } from './commands.ts';
import type { DirectoryFact } from './facts.ts';
import { counterIsBusy } from './open-work.ts';
import type { Counter, DirectoryLive, DirectoryTables, Presence } from './rows.ts';

type Rules = Decide<DirectoryCommands, DirectoryLive, DirectoryTables, DirectoryFact>;

const named = (counter: Counter | undefined) => ({ counter: counter?.name ?? '' });

/** Who may end or pause a presence: the person, a manager, the server at the end of a day. */
function mayTouch(actor: Actor, presence: Presence): boolean {
  const isOwn = actor.kind === 'person' && actor.personId === presence.personId;
  return isOwn || canBeyondOwn(actor, 'counter.serve', presence);
}

type Found = { readonly ok: true; readonly presence: Presence } | Rejection;

/** The presence at the counter, where the actor may change it and nobody stands there. */
function changeable(live: DirectoryLive, counterId: string, ctx: Context): Found {
  const counter = live.rows.counters.get(counterId);
  if (counter === undefined) return reject('counterUnknown');
  const presence = live.rows.presences.get(counterId);
  if (presence === undefined) return reject('notSignedOn', named(counter));
  if (!mayTouch(ctx.actor, presence)) return reject('notYours', { name: presence.personName });
  if (counterIsBusy(live, counterId)) return reject('counterBusy', named(counter));
  return { ok: true, presence };
}

export const decidePresence = {
  'directory.signOn': (live, { counterId, takeOver }, ctx) => {
    const { actor } = ctx;
    if (actor.kind !== 'person') return reject('notPermitted');
    const counter = live.rows.counters.get(counterId);
    if (counter === undefined) return reject('counterUnknown');
    if (!counter.active) return reject('counterInactive', named(counter));
    const holder = live.rows.presences.get(counterId);
    if (holder?.personId === actor.personId && holder.state === 'available') {
      return { ok: true, changes: [], facts: [] };
    }
    if (holder !== undefined && holder.personId !== actor.personId && !takeOver) {
      return reject('counterTaken', { name: holder.personName });
    }
    const changes: Change<DirectoryTables>[] = [];
    const facts: DirectoryFact[] = [];
    for (const other of live.rows.presences.values()) {
      if (other.personId !== actor.personId || other.counterId === counterId) continue;
      // A customer must not be left standing at the counter that the person walks away from.
      if (counterIsBusy(live, other.counterId)) {
        return reject('counterBusy', named(live.rows.counters.get(other.counterId)));
      }
      changes.push({ table: 'presences', row: { ...other, archivedAt: ctx.now } });
      facts.push({ type: 'directory.signedOff', counterId: other.counterId, personId: other.personId });
    }
    if (holder !== undefined && holder.personId !== actor.personId) {
      facts.push({ type: 'directory.signedOff', counterId, personId: holder.personId });
    }
    const row: Presence = {
      id: counterId,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
      counterId,
      personId: actor.personId,
      personName: actor.name,
      state: 'available',
      since: ctx.now,
      away: null,
    };
    changes.push({ table: 'presences', row });
    facts.push({ type: 'directory.signedOn', counterId, personId: actor.personId });
    return { ok: true, changes, facts };
  },

  'directory.signOff': (live, { counterId }, ctx) => {
    const found = changeable(live, counterId, ctx);
    if (!found.ok) return found;
    return {
      ok: true,
      changes: [{ table: 'presences', row: { ...found.presence, archivedAt: ctx.now } }],
      facts: [{ type: 'directory.signedOff', counterId, personId: found.presence.personId }],
    };
  },

  'directory.setBreak': (live, { counterId, onBreak }, ctx) => {
    const found = changeable(live, counterId, ctx);
    if (!found.ok) return found;
    const { presence } = found;
    const state = onBreak ? 'break' : 'available';
    if (presence.state === state) return { ok: true, changes: [], facts: [] };
    return {
      ok: true,
      changes: [{ table: 'presences', row: { ...presence, state, since: ctx.now } }],
      facts: [
        {
          type: onBreak ? 'directory.breakBegun' : 'directory.breakEnded',
          counterId,
          personId: presence.personId,
        },
      ],
    };
  },

  'directory.setAway': (live, { counterId, personId, away }, ctx) => {
    const presence = live.rows.presences.get(counterId);
    const isSo = presence?.personId !== personId || (presence.away !== null) === away;
    // On a break nobody calls: there is no share to keep.
    if (isSo || (away && presence.state === 'break')) return { ok: true, changes: [], facts: [] };
    const noted = { since: ctx.now, until: addMs(ctx.now, SHARE_MS), counterIds: [...openCounterIds(live)] };
    return {
      ok: true,
      changes: [{ table: 'presences', row: { ...presence, away: away ? noted : null } }],
      facts: [{ type: away ? 'directory.lineLost' : 'directory.lineBack', counterId, personId }],
    };
  },

  'directory.releaseShare': (live, { counterId }, ctx) => {
    const presence = live.rows.presences.get(counterId);
    if (presence === undefined || presence.away === null || presence.away.until <= ctx.now) {
      return { ok: true, changes: [], facts: [] };
    }
    const away = { ...presence.away, until: ctx.now };
    return {
      ok: true,
      changes: [{ table: 'presences', row: { ...presence, away } }],
      facts: [{ type: 'directory.shareReleased', counterId, personId: presence.personId }],
    };
  },
} satisfies Partial<Rules>;
