import type { Transport, TransportListener } from '@schalter/shared/client/transport.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { Answer, CommandEnvelope } from '@schalter/shared/kernel/command.ts';
import type { Entries, Hello, HelloAnswer, Signal, Snapshot } from '@schalter/shared/kernel/protocol.ts';
import type { Chance } from './chance.ts';
import type { Network } from './network.ts';
import type { ServerProcess } from './server.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As in shared/src/ui/socket-transport.ts, shared/src/ui/device/api.ts and transport/sockets.ts. */
const ANSWER_MS = 5_000;
const HTTP_MS = 8_000;
const RECONNECT_MS = 500;
const RECONNECT_JITTER_MS = 2_500;
const PING_MS = 10_000;

/** The server's end of a connection, as far as the fan-out and the hello look at one. */
export interface ServerSocket {
  readonly id: string;
  connected: boolean;
  readonly data: { deviceId: string | null; personId: string | null; subscriptions: Map<string, Audience> };
  readonly conn: object;
  emit(event: string, message: unknown): boolean;
  disconnect(): void;
}

/** What one page needs of the world for its line. */
export interface LineParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly network: Network;
  /** Who the server takes this device for, now. */
  readonly actor: () => Actor;
  readonly protocolOf: (protocol: number) => number;
  /** A process behind the load balancer; undefined where none answers, or this device has no network. */
  readonly balance: () => ServerProcess | undefined;
  /** The network made a copy of a command: it may arrive after its refusal. */
  readonly onCopied: (commandId: string) => void;
  /** For tests of the simulation itself: a page that mishears. */
  readonly breakHello: (hello: Hello) => Hello;
  readonly breakListener: (listener: TransportListener) => TransportListener;
}

interface Open {
  readonly server: ServerProcess;
  readonly socket: ServerSocket;
}

/** One page's connection to whichever server it gets; either end may find out later than the other that it broke. */
export class Line implements Transport {
  readonly #parts: LineParts;
  #listener: TransportListener | null = null;
  #open: Open | null = null;
  #cancelConnect: () => void = () => undefined;
  readonly #giveUps = new Set<() => void>();

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  attach(listener: TransportListener): () => void {
    this.#listener = this.#parts.breakListener(listener);
    this.#connectSoon(1);
    return () => this.end();
  }

  isConnected = (): boolean => this.#open !== null;

  /** The page is gone; the server finds out by itself. */
  end(): void {
    this.#listener = null;
    this.#cancelConnect();
    this.#leave(this.#parts.chance.below(PING_MS));
  }

  /** The connection breaks; both ends find out at their own time, unless that is now. */
  cut(): void {
    const { time, chance } = this.#parts;
    const half = this.#open;
    if (half === null) return;
    const server = chance.happens(0.5) ? 0 : chance.below(PING_MS);
    time.after(server, () => this.#drop(half));
    time.after(chance.happens(0.5) ? 0 : chance.below(PING_MS), () => this.#lost(half));
  }

  sendHello = (hello: Hello): Promise<HelloAnswer | null> => {
    const sent = { ...this.#parts.breakHello(hello), protocol: this.#parts.protocolOf(hello.protocol) };
    return this.#ask((open) => open.server.hello(open.socket, sent, this.#parts.actor()));
  };

  sendCommand = (command: CommandEnvelope): Promise<Answer | null> =>
    this.#ask(
      (open) => open.server.command(command, this.#parts.actor()),
      () => this.#parts.onCopied(command.commandId),
    );

  /** The server asks again every few seconds who this is. */
  throwOut(): void {
    this.#open?.socket.disconnect();
  }

  /** A request of its own, not on the line; null where nobody answered. */
  http<A>(work: (server: ServerProcess) => Promise<A | null>): Promise<A | null> {
    const { time, network, balance } = this.#parts;
    return new Promise((resolve) => {
      time.after(HTTP_MS, () => resolve(null));
      const server = balance();
      if (server === undefined) return resolve(null);
      network.carry(() => {
        if (!server.isRunning) return;
        work(server).then(
          (answer) => network.carry(() => resolve(answer)),
          () => undefined, // no answer is no answer
        );
      });
    });
  }

  #ask<A>(work: (open: Open) => Promise<A | null>, onCopied?: () => void): Promise<A | null> {
    const open = this.#open;
    if (open === null) return Promise.resolve(null);
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#giveUps.delete(giveUp);
        cancel();
        resolve(null);
      };
      const cancel = this.#parts.time.after(ANSWER_MS, giveUp);
      this.#giveUps.add(giveUp);
      const answered = (answer: A | null): void => {
        if (answer === null) return;
        this.#parts.network.carry(() => {
          if (!this.#giveUps.delete(giveUp)) return;
          cancel();
          resolve(answer);
        });
      };
      // What is on its way arrives even where the line has been given up meanwhile.
      this.#parts.network.carry(() => {
        if (open.server.isRunning && open.socket.connected) void work(open).then(answered);
      }, onCopied);
    });
  }

  #connectSoon(ms: number): void {
    this.#cancelConnect();
    this.#cancelConnect = this.#parts.time.after(ms, () => {
      if (this.#open !== null || this.#listener === null) return;
      const server = this.#parts.balance();
      if (server === undefined) return this.#connectSoon(this.#pause());
      const open = { server, socket: this.#socket(server) };
      server.accept(open.socket);
      this.#open = open;
      this.#listener.onConnect();
    });
  }

  #pause = (): number => RECONNECT_MS + this.#parts.chance.below(RECONNECT_JITTER_MS);

  #socket(server: ServerProcess): ServerSocket {
    const socket: ServerSocket = {
      id: '',
      connected: true,
      data: { deviceId: null, personId: null, subscriptions: new Map() },
      conn: { readyState: 'open', upgrading: false, writeBuffer: [], transport: { name: 'polling' } },
      emit: (event, message) => {
        this.#parts.network.carry(() => {
          if (this.#open?.socket === socket) this.#hear(event, message);
        });
        return true;
      },
      disconnect: () => {
        if (!socket.connected) return;
        socket.connected = false;
        server.leave(socket);
        this.#parts.time.after(1 + this.#parts.chance.below(50), () => this.#lost({ server, socket }));
      },
    };
    return socket;
  }

  #hear(event: string, message: unknown): void {
    if (event === 'snapshot') this.#listener?.onSnapshot(message as Snapshot);
    else if (event === 'entries') this.#listener?.onEntries(message as Entries);
    else this.#listener?.onSignal(message as Signal);
  }

  /** The server notices. */
  #drop({ server, socket }: Open): void {
    if (!socket.connected) return;
    socket.connected = false;
    server.leave(socket);
  }

  /** The device notices. */
  #lost({ socket }: Open): void {
    if (this.#open?.socket !== socket) return;
    this.#open = null;
    [...this.#giveUps].forEach((give) => give());
    this.#listener?.onDisconnect();
    if (this.#listener !== null) this.#connectSoon(this.#pause());
  }

  #leave(afterMs: number): void {
    const open = this.#open;
    this.#open = null;
    [...this.#giveUps].forEach((give) => give());
    if (open !== null) this.#parts.time.after(afterMs, () => this.#drop(open));
  }
}
