import type { Audience } from '@schalter/shared/kernel/audience.ts';
import { HEARTBEAT_MS, type Signal } from '@schalter/shared/kernel/protocol.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import type { Engine } from '../engine/execute.ts';
import type { CachedStream } from '../engine/streams.ts';
import type { Clock } from '../ports/clock.ts';
import type { FanOut } from '../transport/fan-out.ts';
import type { DeviceSocket } from '../transport/frames.ts';
import type { ArrivalCodes } from './arrival.ts';

/** Estimates follow a change after this: a burst of commands is one signal. */
const ESTIMATE_DELAY_MS = 250;
/** Who is connected follows a change after this. */
const PRESENCE_DELAY_MS = 250;
/** Without a change they age by themselves. */
const ESTIMATE_EVERY_MS = 15_000;

export interface Signals {
  /** Something changed on the stream. */
  changed(streamId: string): void;
  /** A new listener gets the latest of each kind at once. */
  greet(socket: DeviceSocket, streamId: string, audience: Audience): void;
  presence(): void;
  stop(): void;
}

/** What is not durable and where the latest wins: heartbeat, estimates, connected devices, arrival code. */
export function startSignals(parts: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly fanOut: FanOut;
  readonly arrivalCodes: ArrivalCodes;
  readonly connectedDevices: (streamId: string) => readonly string[];
  /** False while the database is away. */
  readonly isCurrent: () => boolean;
  readonly onError: (error: unknown) => void;
}): Signals {
  const { engine, clock, fanOut, arrivalCodes } = parts;
  const pending = new Map<string, NodeJS.Timeout>();
  const told = new Map<string, string>();

  /** The last estimates of a stream: whoever comes gets these, and a thousand who come at once cost one look. */
  const latest = new Map<string, Extract<Signal, { kind: 'estimates' }>>();
  const estimated = ({ head, live }: CachedStream): Extract<Signal, { kind: 'estimates' }> => {
    const at = clock.now();
    const signal = { streamId: head.id, kind: 'estimates', at, ...estimateWaits(live, at) } as const;
    latest.set(head.id, signal);
    return signal;
  };
  const estimate = (streamId: string) => {
    pending.delete(streamId);
    engine
      .read(streamId, (stream) => {
        if (stream.head.kind === 'location') fanOut.signal(estimated(stream));
      })
      .catch(parts.onError);
  };
  const later = (streamId: string) => {
    if (!pending.has(streamId)) pending.set(streamId, setTimeout(estimate, ESTIMATE_DELAY_MS, streamId));
  };
  const heartbeat = (streamId: string) =>
    engine
      .read(streamId, ({ head }) => {
        fanOut.signal({ streamId, kind: 'heartbeat', now: clock.now(), seq: head.seq });
        return head.kind;
      })
      .then((kind) => {
        if (kind === 'location') tellArrivalCode(streamId);
      })
      .catch(parts.onError);
  const tellArrivalCode = (streamId: string) => {
    const current = arrivalCodes.current(streamId, clock.now());
    if (told.get(streamId) === current.code) return;
    told.set(streamId, current.code);
    fanOut.signal({ streamId, kind: 'arrivalCode', ...current }, ['display', 'kiosk']);
  };
  let presenceTimer: NodeJS.Timeout | null = null;
  /** A house that comes back at once is one signal, not one for each of its screens. */
  const presence = () => {
    presenceTimer ??= setTimeout(tellPresence, PRESENCE_DELAY_MS);
  };
  const tellPresence = () => {
    presenceTimer = null;
    for (const streamId of fanOut.streamIds) {
      fanOut.signal({ streamId, kind: 'devices', connected: parts.connectedDevices(streamId) }, [
        'staff',
        'manager',
      ]);
    }
  };

  const beat = () => {
    // A screen believes a heartbeat that what it shows is so. Without one it says since when it is not.
    if (parts.isCurrent()) fanOut.streamIds.forEach((id) => void heartbeat(id));
  };
  const timers = [
    setInterval(beat, HEARTBEAT_MS),
    setInterval(() => fanOut.streamIds.forEach(later), ESTIMATE_EVERY_MS),
  ];
  return {
    changed: later,
    presence,
    greet(socket, streamId, audience) {
      engine
        .read(streamId, (stream) => {
          const at = clock.now();
          const send = (signal: object) => socket.emit('signal', { streamId, ...signal } as never);
          send({ kind: 'heartbeat', now: at, seq: stream.head.seq });
          if (stream.head.kind !== 'location') return;
          send((pending.has(streamId) ? undefined : latest.get(streamId)) ?? estimated(stream));
          if (audience === 'display' || audience === 'kiosk') {
            send({ kind: 'arrivalCode', ...arrivalCodes.current(streamId, at) });
          }
        })
        .catch(parts.onError);
    },
    stop() {
      timers.forEach(clearInterval);
      pending.forEach(clearTimeout);
      if (presenceTimer !== null) clearTimeout(presenceTimer);
    },
  };
}
