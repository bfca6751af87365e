import type { Signals } from '@schalter/shared/client/connection-state.ts';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import type { StaffCommand } from '../wiring/policies.ts';

export type PersonActor = Extract<Actor, { kind: 'person' }>;
export type Act = (type: StaffCommand, input: unknown) => Promise<Sent>;

/** What a screen at the counter is given: rows, the time, who works, and how to do something. */
export interface Desk {
  readonly live: AllLive;
  /** By the server's clock. */
  readonly now: string;
  readonly timeZone: string;
  readonly actor: PersonActor;
  readonly signals: Signals;
  /** The rows are current: a call that is made now reaches the wall now. */
  readonly online: boolean;
  readonly act: Act;
}

/** The counter at which a person works now; it is in the rows, so a reload knows it too. */
export function counterOf(live: AllLive, personId: string): string | null {
  for (const presence of live.rows.presences.values())
    if (presence.personId === personId) return presence.counterId;
  return null;
}
