// The devices of a house: the real client over real sockets, with its outbox, outside a browser.
import { setMaxListeners } from 'node:events';
import { v7 as uuid } from 'uuid';
import { createConnection } from '@schalter/shared/client/connection.ts';
import type { Connection } from '@schalter/shared/client/connection-state.ts';
import { memoryStore } from '@schalter/shared/client/store.ts';
import type { DeviceClock, Transport, TransportListener } from '@schalter/shared/client/transport.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import { specOf, TABLE_NAMES, type AllTables } from '@schalter/shared/registry.ts';
import { socketTransport } from '@schalter/shared/ui/socket-transport.ts';
import type { Caller } from '../support/api.ts';
import type { History } from './history.ts';

// A browser tells its pages when the network comes back; here nobody does.
const quiet = new EventTarget();
setMaxListeners(0, quiet);
Object.assign(globalThis, {
  addEventListener: quiet.addEventListener.bind(quiet),
  removeEventListener: quiet.removeEventListener.bind(quiet),
});

const clock: DeviceClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface DeviceOptions {
  readonly who: string;
  /** Who it is: the cookies of a signed-in person or of a paired device. */
  readonly caller: Caller & { readonly deviceId?: string };
  readonly streamId: string;
  readonly audience: Audience;
  readonly history: History;
}

export function connectDevice(options: DeviceOptions): Connection<AllTables> {
  const { caller, streamId, audience } = options;
  const auth: Record<string, string> = caller.deviceId === undefined ? {} : { deviceId: caller.deviceId };
  return createConnection<AllTables>({
    transport: recorded(
      socketTransport({ url: caller.url, auth, headers: { cookie: caller.cookie } }),
      options,
    ),
    store: memoryStore(),
    clock,
    newCommandId: () => uuid(),
    streamId,
    audience,
    tables: TABLE_NAMES,
    policyOf: specOf,
  });
}

/** Between line and client, so that what is checked is what came, not what the client made of it. */
function recorded(line: Transport, { who, history }: DeviceOptions): Transport {
  const { frames } = history.watch(who);
  return {
    isConnected: () => line.isConnected(),
    sendHello: (hello) => line.sendHello(hello),
    sendCommand: async (command) => {
      history.sent(who, command);
      const answer = await line.sendCommand(command);
      if (answer !== null) history.answered(command.commandId, answer);
      return answer;
    },
    attach: (listener: TransportListener) =>
      line.attach({
        onConnect: () => listener.onConnect(),
        onDisconnect: () => listener.onDisconnect(),
        onRefused: (code) => listener.onRefused(code),
        onSignal: (signal) => listener.onSignal(signal),
        onSnapshot(snapshot) {
          frames.push({ seq: snapshot.seq, entries: null });
          listener.onSnapshot(snapshot);
        },
        onEntries(message) {
          const entries = message.entries.map(({ seq, commandId }) => ({ seq, commandId }));
          frames.push({ seq: entries[0]?.seq ?? 0, entries });
          listener.onEntries(message);
        },
      }),
  };
}
