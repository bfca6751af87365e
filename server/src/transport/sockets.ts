import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { z } from 'zod';
import { AUDIENCES, sees, type Audience } from '@schalter/shared/kernel/audience.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import {
  DIALECT,
  OLDEST_PROTOCOL,
  PROTOCOL,
  type DownEvents,
  type HelloAnswer,
  type UpEvents,
} from '@schalter/shared/kernel/protocol.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { audienceOf, denialCode } from '@schalter/shared/platform/access.ts';
import { UNDECIDED, type Engine } from '../engine/execute.ts';
import { proofOf, type Identities, type Identity } from '../platform/identity.ts';
import type { HandleCommand } from './commands.ts';
import type { FanOut } from './fan-out.ts';
import type { DeviceSocket, SocketData } from './frames.ts';
import { clientAddress, MAX_MESSAGE_BYTES, MAX_SUBSCRIPTIONS, type Limits } from './limits.ts';
import { cameUnencrypted, isFromElsewhere, isOwnOrigin } from './origin.ts';
import { DATA_HEADERS } from './security-headers.ts';

/** A proof that was good is asked about again after this: a revoked device is gone within 5 s. */
const RECHECK_MS = 3_000;
/** Commands of one connection ask at most this often who it is. */
const IDENTITY_MS = 1_000;
/** Connections that have not said who they are, nor what they want to hear: beyond these the oldest go. */
export const MAX_WAITING = 5_000;
/** Two of these unanswered and the connection is given up: a cut cable is noticed before the next customer. */
const PING_MS = 5_000;

const HelloMessage = z.object({
  streamId: Id,
  audience: z.enum(AUDIENCES),
  lastSeq: z.number().int().min(0),
  lastMark: z.string().optional(),
  protocol: z.number().int(),
});

export interface SocketsOptions {
  readonly http: HttpServer;
  readonly engine: Engine;
  readonly identities: Pick<Identities, 'recent'>;
  readonly fanOut: FanOut;
  readonly handleCommand: HandleCommand;
  readonly limits: Limits;
  readonly maxWaiting?: number;
  /** Proxies before this server whose word on a caller's address is taken. */
  readonly trustProxy: number;
  /** The host of the configured address, where a proxy passes on another one. */
  readonly publicHost: () => string;
  readonly isHttps: boolean;
  readonly onError: (error: unknown) => void;
  /** Told when a device comes or goes, and when somebody begins to listen. */
  readonly onPresence: () => void;
  readonly onSubscribed: (socket: DeviceSocket, streamId: string, audience: Audience) => void;
  /** A person's connection broke without a goodbye. */
  readonly onLost: (streamId: string, personId: string) => void;
}

/** All but a page that says goodbye: whom the server sent away may lose the network before it is back. */
const LOST: ReadonlySet<string> = new Set([
  'ping timeout',
  'transport close',
  'transport error',
  'server namespace disconnect',
]);

export interface Sockets {
  close(): Promise<void>;
  /** Ends the connections of a device at once. */
  drop(streamId: string, deviceId: string): void;
  /** Ids of the devices that are connected to this process, by stream. */
  connectedDevices(streamId: string): readonly string[];
  connectedPeople(streamId: string): ReadonlySet<string>;
}

export function startSockets(options: SocketsOptions): Sockets {
  const { engine, identities, fanOut } = options;
  const io = new Server<UpEvents, DownEvents, Record<string, never>, SocketData>(options.http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: PING_MS,
    pingTimeout: PING_MS,
    // A page of another origin may not use this browser's cookies.
    allowRequest: (request, callback) => {
      const { headers } = request;
      const isOwn =
        isOwnOrigin(headers.origin, [headers.host, options.publicHost()]) && !isFromElsewhere(headers);
      callback(null, isOwn && !(options.isHttps && cameUnencrypted(headers, options.trustProxy)));
    },
  });
  io.engine.on('headers', (headers: Record<string, string>) => Object.assign(headers, DATA_HEADERS));
  /** In the order in which they came. */
  const waiting = new Set<DeviceSocket>();
  const offEntries = engine.onEntries((stream, entries) => {
    fanOut.entries(stream, entries);
  });

  io.on('connection', (socket) => {
    const proof = proofOf(socket.handshake.headers, socket.handshake.auth);
    const as = socket.handshake.auth['as'] === 'device' ? 'device' : 'any';
    socket.data.subscriptions = new Map();
    socket.data.deviceId = null;
    socket.data.personId = null;
    waiting.add(socket);
    const [oldest] = waiting;
    if (waiting.size > (options.maxWaiting ?? MAX_WAITING)) oldest?.disconnect(true);
    const forwarded = socket.handshake.headers['x-forwarded-for'];
    const address = clientAddress(socket.handshake.address, forwarded, options.trustProxy);
    const checked = recheck(socket, (maxAgeMs, staying) => identities.recent(proof, as, maxAgeMs, staying));
    const guarded = <T>(work: (identity: Identity) => Promise<T>, ack: unknown) => {
      const answer = (given: T | Rejection) => {
        // "Unavailable" would be a no to who waits for it. Unanswered, the same command comes again.
        if (given !== UNDECIDED && typeof ack === 'function') (ack as (answer: T | Rejection) => void)(given);
      };
      checked
        .identity()
        .then(work)
        .then(answer, (error: unknown) => {
          options.onError(error);
          answer(reject('unavailable'));
        })
        .catch(options.onError);
    };
    socket.on('hello', (message, ack) => {
      guarded(async (identity) => {
        const answer = await hello(options, socket, message, identity);
        if (answer.ok) waiting.delete(socket);
        return answer;
      }, ack);
    });
    socket.on('command', (message, ack) => {
      guarded((identity) => options.handleCommand(message, identity, address), ack);
    });
    socket.on('disconnect', (reason) => {
      waiting.delete(socket);
      checked.stop();
      if (socket.data.subscriptions.size === 0) return;
      const { personId, subscriptions } = socket.data;
      if (personId !== null && LOST.has(reason)) {
        for (const streamId of subscriptions.keys()) options.onLost(streamId, personId);
      }
      fanOut.leave(socket);
      options.onPresence();
    });
  });

  return {
    drop(streamId, deviceId) {
      for (const socket of fanOut.sockets(streamId))
        if (socket.data.deviceId === deviceId) socket.disconnect(true);
    },
    connectedDevices: (streamId) => [
      ...new Set(fanOut.sockets(streamId).flatMap((socket) => socket.data.deviceId ?? [])),
    ],
    connectedPeople: (streamId) =>
      new Set(fanOut.sockets(streamId).flatMap((socket) => socket.data.personId ?? [])),
    async close() {
      offEntries();
      await io.close();
    },
  };
}

/** What a hello is answered with; the simulation says hello here too. */
export async function hello(
  {
    engine,
    fanOut,
    limits,
    onPresence,
    onSubscribed,
  }: Pick<SocketsOptions, 'engine' | 'fanOut' | 'onPresence' | 'onSubscribed'> & {
    readonly limits: Pick<Limits, 'take'>;
  },
  socket: DeviceSocket,
  raw: unknown,
  identity: Identity,
): Promise<HelloAnswer> {
  if (identity.revoked) return reject('deviceRevoked');
  // Nobody hears anything: not worth a look into the database.
  if (identity.actor.kind === 'anonymous') return reject('notSignedIn');
  const limited = await limits.take('hello', socket.id);
  if (limited !== null) return limited;
  const message = HelloMessage.safeParse(raw);
  if (!message.success) return reject('invalidInput');
  const { streamId, audience: wanted, lastSeq, lastMark, protocol } = message.data;
  if (protocol < OLDEST_PROTOCOL) return reject('protocolTooOld');
  if (socket.data.subscriptions.size >= MAX_SUBSCRIPTIONS && !socket.data.subscriptions.has(streamId)) {
    return reject('rateLimited');
  }
  // The journal is asked, not this process, which may be behind: only where it says so was the house restored.
  const isElsewhere =
    lastSeq > 0 && lastMark !== undefined && (await engine.markAt(streamId, lastSeq)) !== lastMark;
  // Between two batches: what is sent and what is listened to from now on fit without a gap.
  const answer = await engine.read<HelloAnswer>(streamId, (stream) => {
    const allowed = audienceOf(identity.actor, stream.head);
    if (allowed === null) return reject(denialCode(identity.actor));
    const audience = sees(allowed, wanted) ? wanted : allowed;
    if (!socket.connected) return reject('unavailable');
    socket.data.deviceId = identity.deviceId;
    socket.data.personId = identity.actor.kind === 'person' ? identity.actor.personId : null;
    const seq = protocol === PROTOCOL ? lastSeq : 0;
    fanOut.resume(socket, stream, audience, { seq, anew: isElsewhere ? lastMark : undefined });
    fanOut.subscribe(socket, streamId, audience);
    return { ok: true, audience, protocol: PROTOCOL, dialect: DIALECT };
  });
  if (answer?.ok === true) {
    onPresence();
    onSubscribed(socket, streamId, answer.audience);
  }
  return answer ?? reject('unknownStream');
}

/** Knows who a socket is, asks again every few seconds, and ends the connection of one that is no more. */
function recheck(socket: DeviceSocket, identify: (maxAgeMs: number, staying: boolean) => Promise<Identity>) {
  let before: Identity['actor'] | null = null;
  const ask = async (maxAgeMs: number): Promise<Identity> => {
    const identity = await identify(maxAgeMs, before !== null);
    before ??= identity.actor;
    return identity;
  };
  const timer = setInterval(() => {
    // Who hears nothing has nothing to lose; a command asks for itself.
    if (socket.data.subscriptions.size === 0) return;
    ask(IDENTITY_MS).then(
      ({ actor }) => {
        if (before !== null && !sameRights(before, actor)) socket.disconnect(true);
      },
      () => undefined, // the database is away: nobody is thrown out for that
    );
  }, RECHECK_MS);
  return {
    identity: (): Promise<Identity> => ask(IDENTITY_MS),
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** A change of rights ends the connection; the device comes back and gets what it now may see. */
function sameRights(a: Identity['actor'], b: Identity['actor']): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'person' && b.kind === 'person') {
    return a.personId === b.personId && JSON.stringify(a.rights) === JSON.stringify(b.rights);
  }
  if (a.kind === 'device' && b.kind === 'device') return a.deviceKind === b.deviceKind;
  return true;
}
