import type { ConnectionState } from '@schalter/shared/client/connection-state.ts';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { AllLive, AllTables } from '@schalter/shared/registry.ts';
import type { Profile } from '../session/profile.ts';
import type { StaffCommand } from '../wiring/policies.ts';

/** What a page of the set-up is given. */
export interface SetUp {
  readonly live: AllLive;
  readonly now: string;
  readonly timeZone: string;
  readonly online: boolean;
  readonly profile: Profile;
  readonly locationId: string;
  readonly connectedIds: readonly string[] | null;
  /** The organisation's rows; null while they are on their way, or for those who may not. */
  readonly organisation: ConnectionState<AllTables> | null;
  readonly submit: (type: StaffCommand, input: unknown) => Promise<Sent>;
  readonly submitForOrganisation: (type: StaffCommand, input: unknown) => Promise<Sent>;
}

export const byPosition = <T extends { position: number }>(a: T, b: T): number => a.position - b.position;
