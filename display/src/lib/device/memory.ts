import type { DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import type { Position } from '../announce/announcer.ts';

/** What this display keeps of itself: no more than it needs to start again without a network. */
export interface DeviceMemory {
  identity(): DeviceIdentity | null;
  setIdentity(identity: DeviceIdentity | null): void;
  /** The furthest call that was announced. */
  reached(): Position | null;
  setReached(position: Position): void;
  /** Where phones find this server. */
  publicUrl(): string | null;
  setPublicUrl(url: string): void;
  /** Somebody has heard the chime on this device. */
  soundSetUp(): boolean;
  setSoundSetUp(): void;
}

/** Several displays of the demo may live in one browser, each in its slot. */
export function deviceMemory(storage: Storage, slot: string | null): DeviceMemory {
  const keyOf = (name: string): string => `schalter.display${slot === null ? '' : `.${slot}`}.${name}`;
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
    reached: () => read('reached') as Position | null,
    setReached: (position) => write('reached', position),
    publicUrl: () => read('publicUrl') as string | null,
    setPublicUrl: (url) => write('publicUrl', url),
    soundSetUp: () => read('soundSetUp') === true,
    setSoundSetUp: () => write('soundSetUp', true),
  };
}
