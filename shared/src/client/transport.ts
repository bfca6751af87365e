import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { Entries, Hello, HelloAnswer, Signal, Snapshot } from '../kernel/protocol.ts';
import type { RejectionCode } from '../kernel/rejections.ts';

/** The five messages and the state of the line. One transport may carry several streams. */
export interface Transport {
  /** Opens the line with the first listener, closes it with the last; the returned function detaches. */
  attach(listener: TransportListener): () => void;
  isConnected(): boolean;
  /** null: no answer in time, or the line broke. Never sent later by itself. */
  sendHello(hello: Hello): Promise<HelloAnswer | null>;
  sendCommand(command: CommandEnvelope): Promise<Answer | null>;
}

export interface TransportListener {
  onConnect(): void;
  onDisconnect(): void;
  /** The server would not have this device or person on the line (`deviceRevoked`, `notSignedIn`). */
  onRefused(code: RejectionCode): void;
  onSnapshot(snapshot: Snapshot): void;
  onEntries(entries: Entries): void;
  onSignal(signal: Signal): void;
}

/** The device's own clock, and the only timer. Milliseconds since 1970; `after` returns how to cancel. */
export interface DeviceClock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}
