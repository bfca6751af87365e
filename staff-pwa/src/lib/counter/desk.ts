import type { Signals } from '@schalter/shared/client/connection-state.ts';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Instant } from '@schalter/shared/kernel/time.ts';
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
  /** While they are not: from when this counter calls by voice, from its own share (docs/spec/queue.md Q64). */
  readonly aloneFrom: Instant | null;
  readonly act: Act;
}

/** The counter at which a person works now; it is in the rows, so a reload knows it too. */
export function counterOf(live: AllLive, personId: string): string | null {
  for (const presence of live.rows.presences.values())
    if (presence.personId === personId) return presence.counterId;
  return null;
}

/** It calls by voice now. */
export const isAlone = ({ aloneFrom, now }: Pick<Desk, 'aloneFrom' | 'now'>): boolean =>
  aloneFrom !== null && now >= aloneFrom;

/** A call of one customer: by voice where the wall does not hear of it. */
export const callOf = ({ online }: Pick<Desk, 'online'>, stageId: string, counterId: string) => ({
  stageId,
  counterId,
  ...(online ? {} : { aloud: true as const }),
});
