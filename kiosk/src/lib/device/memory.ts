import type { Language } from '@schalter/shared/kernel/text.ts';
import type { DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import type { Issued } from '../kiosk/flow.ts';
import type { HeldBlock } from './number-stock.ts';

/** What the kiosk says of its house while there is no network. */
export interface Place {
  readonly name: string;
  readonly timeZone: string;
  readonly languages: readonly Language[];
  readonly publicUrl: string;
}

/** The secret of a ticket that is being given, so that a crash in that second loses no number. */
export interface Giving {
  readonly linkToken: string;
  readonly atMs: number;
  /** A number of the kiosk's own, which no server knows yet. */
  readonly issued?: Issued;
}

/** Secrets of tickets whose person has gone on with another number: to be given back, if they were given. */
export type Abandoned = readonly string[];

/** All that this device keeps, nothing of it personal; `giving` goes with the person in front of it. */
export interface KioskMemory {
  identity(): DeviceIdentity | null;
  setIdentity(identity: DeviceIdentity | null): void;
  place(): Place | null;
  setPlace(place: Place): void;
  giving(): Giving | null;
  setGiving(giving: Giving | null): void;
  blocks(): readonly HeldBlock[];
  setBlocks(blocks: readonly HeldBlock[]): void;
  abandoned(): Abandoned;
  setAbandoned(linkTokens: Abandoned): void;
}

/** Several kiosks of the demo may live in one browser, each in its slot. */
export function kioskMemory(storage: Storage, slot: number | null): KioskMemory {
  const keyOf = (name: string): string => `schalter.kiosk${slot === null ? '' : `.${slot}`}.${name}`;
  const read = (name: string): unknown => {
    try {
      return JSON.parse(storage.getItem(keyOf(name)) ?? 'null') as unknown;
    } catch {
      // Switched off, or not what was written: as good as nothing.
      return null;
    }
  };
  const write = (name: string, value: unknown): void => {
    try {
      if (value === null) storage.removeItem(keyOf(name));
      else storage.setItem(keyOf(name), JSON.stringify(value));
    } catch {
      // A browser that keeps nothing pairs again after a restart.
    }
  };
  return {
    identity: () => read('identity') as DeviceIdentity | null,
    setIdentity: (identity) => write('identity', identity),
    place: () => read('place') as Place | null,
    setPlace: (place) => write('place', place),
    giving: () => read('giving') as Giving | null,
    setGiving: (giving) => write('giving', giving),
    blocks: () => (read('blocks') as readonly HeldBlock[] | null) ?? [],
    setBlocks: (blocks) => write('blocks', blocks.length === 0 ? null : blocks),
    abandoned: () => (read('abandoned') as Abandoned | null) ?? [],
    setAbandoned: (linkTokens) => write('abandoned', linkTokens.length === 0 ? null : linkTokens),
  };
}
