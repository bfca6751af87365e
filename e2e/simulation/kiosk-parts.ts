import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { Desk } from '../../kiosk/src/lib/kiosk/issue.ts';
import type { Chance } from './chance.ts';
import type { Device, DeviceWorld } from './device.ts';
import type { Papers } from './papers.ts';
import { token } from './people.ts';
import { customer, DAY_START, LOCATION, TIME_ZONE } from './station.ts';
import type { Truth } from './truth.ts';

/** So long after a clock was set a live screen has heard the server's anew. */
const CLOCK_KNOWN_MS = 60_000;

/** What a kiosk's page needs of its world. */
export function kioskParts(world: {
  readonly one: Device;
  readonly chance: Chance;
  readonly truth: Truth;
  readonly papers: Papers;
  readonly newCommandId: () => string;
  readonly serverNow: () => string;
  /** When the servers' clock was set last. */
  readonly setBackAt: () => number;
  readonly breakLease: (send: Desk['send']) => Desk['send'];
}): ReturnType<DeviceWorld['kiosk']> {
  const { one, truth, serverNow } = world;
  const leave = async (linkToken: string): Promise<void> => {
    const envelope = {
      commandId: world.newCommandId(),
      streamId: LOCATION,
      type: 'queue.leave',
      input: {},
      occurredAt: one.connection?.now() ?? serverNow(),
    };
    await one.line?.http(async (server) => {
      const visit = await server.ticketOf(linkToken);
      return visit === null ? null : server.command(envelope, customer(visit.id));
    });
  };
  const ticketOf: Desk['ticketOf'] = async (linkToken) => {
    const found = await one.line?.http(async (server) => ({ visit: await server.ticketOf(linkToken) }));
    if (found == null) return { ok: false, code: 'unreachable', retryAfterS: null };
    const { visit } = found;
    if (visit === null) return { ok: false, code: 'ticketUnknown', retryAfterS: null };
    return { ok: true, value: { ...visit, visitId: visit.id } };
  };
  const knowsTime = (): boolean => {
    const setAt = Math.max(one.clockSetAt, world.setBackAt());
    return one.liveAt > 0 && (setAt === 0 || setAt + CLOCK_KNOWN_MS < one.liveAt);
  };
  return {
    newLinkToken: () => token(world.chance),
    ticketOf,
    leave,
    breakLease: world.breakLease,
    onPaper: (issued) => {
      const at = serverNow();
      // The house may have given it before midnight, and the answer have come after.
      const day = truth.visits.get(issued.visitId)?.businessDay ?? businessDay(at, TIME_ZONE, DAY_START);
      world.papers.given({ kiosk: one.wish.name, issued, at, day, knowsTime: knowsTime() });
    },
  };
}
