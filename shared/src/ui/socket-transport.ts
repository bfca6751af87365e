import { io, type Socket } from 'socket.io-client';
import type { Transport, TransportListener } from '../client/transport.ts';
import type { DownEvents, HelloAnswer, UpEvents } from '../kernel/protocol.ts';

/** Before a line that the server itself ended is tried again. */
const AFTER_ENDED_MS = 500;
/** A server that has not answered by then has probably lost the line; the outbox sends again. */
const ANSWER_MS = 5_000;
/** An attempt that is not answered by then went into a network that carries nothing: it would keep the next one waiting. */
const CONNECT_MS = 8_000;
/**
 * However long a cut was, the next try follows on the network's return within 0.7 s. The first tries' jitter has spread
 * a house full of screens over that time; two thousand of them are consistent within a second (bench, `cut`).
 */
export const RECONNECT = { reconnectionDelay: 300, reconnectionDelayMax: 700, randomizationFactor: 0.5 };
/** Longer than a line takes to open, shorter than an access token lives. */
const RENEW_AGAIN_MS = 10_000;
/** All screens of a house hear at once that their network is back. */
export const ONLINE_SPREAD_MS = 300;

export interface SocketOptions {
  /** '' for the server that the page came from. */
  readonly url: string;
  /** `{deviceId}` or `{ticket}`; a person's cookie goes along by itself. */
  readonly auth: Readonly<Record<string, string>>;
  /** Outside a browser, which sends its cookies by itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Asks for a fresh access token where the one in the cookie has run out. A cookie is sent when a line is opened, so
   * the line is opened anew. 'unknown': the server could not be asked.
   */
  readonly renew?: () => Promise<'renewed' | 'refused' | 'unknown'>;
}

/** WebSocket first, long polling where a proxy lets no WebSocket through. */
export function socketTransport({ url, auth, headers, renew }: SocketOptions): Transport {
  const socket: Socket<DownEvents, UpEvents> = io(url, {
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    auth: { ...auth },
    withCredentials: true,
    ...(headers === undefined ? {} : { extraHeaders: { ...headers } }),
    timeout: CONNECT_MS,
    ...RECONNECT,
  });
  const listeners = new Set<TransportListener>();
  const each = (tell: (listener: TransportListener) => void): void => [...listeners].forEach(tell);
  // A network that comes back is tried soon, not after the rest of a delay.
  const onOnline = (): void => {
    setTimeout(() => {
      if (listeners.size > 0 && !socket.connected) socket.disconnect().connect();
    }, Math.random() * ONLINE_SPREAD_MS);
  };
  // A page that is closed says goodbye: else the server keeps customers for a counter that has gone (DR10).
  const onHide = (): void => void socket.disconnect();
  const onShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) socket.connect();
  };
  const unanswered = new Set<() => void>();

  socket.on('connect', () => each((l) => l.onConnect()));
  socket.on('disconnect', (reason) => {
    [...unanswered].forEach((give) => give());
    each((l) => l.onDisconnect());
    // The server ended this one connection (a new version, a revoked device): the next attempt says which.
    if (reason === 'io server disconnect') {
      setTimeout(() => {
        if (listeners.size > 0) socket.connect();
      }, AFTER_ENDED_MS);
    }
  });
  socket.on('snapshot', (message) => each((l) => l.onSnapshot(message)));
  socket.on('entries', (message) => each((l) => l.onEntries(message)));
  socket.on('signal', (message) => each((l) => l.onSignal(message)));

  /** Only over a line that stands: Socket.IO's own buffer would send it later, out of order. */
  const ask = <Answer>(
    emit: (ack: (error: Error | null, answer: Answer) => void) => void,
  ): Promise<Answer | null> =>
    new Promise((resolve) => {
      if (!socket.connected) return resolve(null);
      const give = (answer: Answer | null): void => {
        unanswered.delete(giveUp);
        resolve(answer);
      };
      const giveUp = (): void => give(null);
      unanswered.add(giveUp);
      emit((error, answer) => give(error === null ? answer : null));
    });

  let renewedAt = -Infinity;
  /** Who is not signed in any more is, after a renewal, on the next line: until then there is no answer. */
  const orRenewed = async (
    answer: HelloAnswer | null,
    line: string | undefined,
  ): Promise<HelloAnswer | null> => {
    if (renew === undefined || answer === null || answer.ok || answer.code !== 'notSignedIn') return answer;
    // Renewed and still nobody: then it is something else.
    if (performance.now() - renewedAt < RENEW_AGAIN_MS) return answer;
    const renewal = await renew();
    if (renewal === 'refused') return answer;
    // Another stream of this line may have opened the next one already.
    if (renewal === 'renewed' && socket.id === line) {
      renewedAt = performance.now();
      socket.disconnect().connect();
    }
    return null;
  };

  return {
    attach(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        globalThis.addEventListener('online', onOnline);
        globalThis.addEventListener('pagehide', onHide);
        globalThis.addEventListener('pageshow', onShow);
        socket.connect();
      }
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        globalThis.removeEventListener('online', onOnline);
        globalThis.removeEventListener('pagehide', onHide);
        globalThis.removeEventListener('pageshow', onShow);
        socket.disconnect();
      };
    },
    isConnected: () => socket.connected,
    async sendHello(hello) {
      const line = socket.id;
      const answer = await ask<HelloAnswer>((ack) => socket.timeout(ANSWER_MS).emit('hello', hello, ack));
      return orRenewed(answer, line);
    },
    sendCommand: (command) => ask((ack) => socket.timeout(ANSWER_MS).emit('command', command, ack)),
  };
}
