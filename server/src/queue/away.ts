import type { AllTables, Fact } from '@schalter/shared/registry.ts';
import type { Engine } from '../engine/execute.ts';
import type { Clock } from '../ports/clock.ts';
import { submit } from '../transport/caller.ts';
import { idFor } from './day-end.ts';

/** DR10: whoever reloads the page, or walks past a dead spot, is back by then. */
const RETURN_MS = 5_000;
/** After a start: by then every tablet that can reach this house has come back to it. */
const AFTER_START_MS = 30_000;

const byTimer = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

export interface AwayWatch {
  /** Somebody listens to a location from this process. */
  here(streamId: string, personId: string): void;
  /** The connection broke, without a goodbye. */
  lost(streamId: string, personId: string): void;
  stop(): void;
}

/**
 * Notes whose counter is without the server (docs/spec/directory.md DR10, DR11), so that its customers are kept for it.
 * Each process knows its own connections alone: one that holds the person's new connection corrects another's note.
 */
export function startAwayWatch(parts: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly locationIds: () => Promise<readonly string[]>;
  /** People who listen to the location from this process now. */
  readonly connectedPeople: (streamId: string) => ReadonlySet<string>;
  readonly onError: (error: unknown) => void;
  /** The simulation has another time. */
  readonly after?: (ms: number, run: () => void) => () => void;
}): AwayWatch {
  const { engine, clock, after = byTimer } = parts;
  const waiting = new Map<string, () => void>();
  let isStopped = false;

  const presences = async (streamId: string): Promise<readonly AllTables['presences'][]> =>
    (await engine.read(streamId, ({ live }) => [...live.rows.presences.values()])) ?? [];
  const note = async (streamId: string, { counterId, personId }: AllTables['presences'], away: boolean) => {
    const type = 'directory.setAway';
    const commandId = idFor(type, streamId, counterId, personId, String(away), clock.now());
    const input = { counterId, personId, away };
    const answer = await submit(parts, { streamId, type, input, actor: { kind: 'system' }, commandId });
    if (!answer.ok && answer.code === 'unavailable') throw new Error('the database did not take who is away');
  };
  const compare = async (streamId: string, isConcerned: (personId: string) => boolean) => {
    const connected = parts.connectedPeople(streamId);
    for (const presence of await presences(streamId)) {
      const isHere = connected.has(presence.personId);
      if (isConcerned(presence.personId) && isHere === (presence.away !== null)) {
        await note(streamId, presence, !isHere);
      }
    }
  };
  /** Where the database was away for a moment, once more: else a share is kept for nobody, or not at all. */
  const settle = (streamId: string, isConcerned: (personId: string) => boolean): void => {
    compare(streamId, isConcerned).catch((error: unknown) => {
      parts.onError(error);
      if (!isStopped) after(RETURN_MS, () => settle(streamId, isConcerned));
    });
  };
  const later = (streamId: string, personId: string): void => {
    const key = `${streamId} ${personId}`;
    waiting.get(key)?.();
    const look = () => {
      waiting.delete(key);
      settle(streamId, (id) => id === personId);
    };
    waiting.set(key, after(RETURN_MS, look));
  };
  const cancelStart = after(AFTER_START_MS, () => {
    parts
      .locationIds()
      .then((ids) => ids.forEach((id) => settle(id, () => true)))
      .catch(parts.onError);
  });
  const offEntries = engine.onEntries(({ head }, entries) => {
    const isNoted = entries.some((entry) =>
      (entry.facts as readonly Fact[]).some(({ type }) => type === 'directory.lineLost'),
    );
    // Another process has lost a line whose owner is here by now.
    if (isNoted) settle(head.id, (id) => parts.connectedPeople(head.id).has(id));
  });

  return {
    here(streamId, personId) {
      settle(streamId, (id) => id === personId);
    },
    lost: later,
    stop() {
      isStopped = true;
      cancelStart();
      waiting.forEach((cancel) => cancel());
      offEntries();
    },
  };
}
