import { io, type Socket } from 'socket.io-client';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import {
  PROTOCOL,
  type DownEvents,
  type Entries,
  type Signal,
  type Snapshot,
  type UpEvents,
} from '@schalter/shared/kernel/protocol.ts';

/** How a socket's handshake proves who it is; asked again at each connection. */
export interface SocketProof {
  readonly auth: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ListenerOptions {
  readonly url: string;
  readonly proof: () => SocketProof;
  readonly streamId: string;
  readonly audience: Audience;
  readonly onChange?: () => void;
  readonly onSignal?: (signal: Signal) => void;
}

const READY_MS_MAX = 20_000;

/** A replica of one stream: rows by table, current by entries, new from a snapshot after a gap. */
export class Listener {
  readonly rows = new Map<string, Map<string, BaseRow>>();
  seq = 0;
  /** Entries that did not follow on what was there. */
  gaps = 0;
  readonly #options: ListenerOptions;
  readonly #socket: Socket<DownEvents, UpEvents>;

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { url, proof } = options;
    this.#socket = io(url, {
      transports: ['websocket'],
      // Called at each connection: a session may have been renewed since.
      auth: (give) => give({ ...proof().auth }),
      extraHeaders: { ...proof().headers },
    });
    this.#socket.on('connect', () => void this.#hello());
    this.#socket.on('snapshot', (snapshot) => this.#snapshot(snapshot));
    this.#socket.on('entries', (entries) => this.#entries(entries));
    this.#socket.on('signal', (signal) => {
      if (signal.streamId === options.streamId) options.onSignal?.(signal);
    });
    // The server ends a connection whose rights changed; the client library waits to be asked again.
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') this.#socket.connect();
    });
  }

  table<Row extends BaseRow>(name: string): ReadonlyMap<string, Row> {
    return (this.rows.get(name) ?? new Map()) as ReadonlyMap<string, Row>;
  }

  /** Resolves with the first snapshot; rejects where the server says no. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no snapshot came')), READY_MS_MAX);
      this.#onReady = (error) => {
        clearTimeout(timer);
        if (error === null) resolve();
        else reject(error);
      };
      if (this.seq > 0) this.#onReady(null);
    });
  }
  #onReady: (error: Error | null) => void = () => undefined;

  close(): void {
    this.#socket.disconnect();
  }

  async #hello(): Promise<void> {
    const { streamId, audience } = this.#options;
    const message = { streamId, audience, lastSeq: this.seq, protocol: PROTOCOL };
    // A line that is cut before the answer says hello again when it is back.
    const answer = await this.#socket.emitWithAck('hello', message).catch(() => null);
    if (answer?.ok === false) this.#onReady(new Error(`the server refused to tell: ${answer.code}`));
  }

  #snapshot({ streamId, seq, rows }: Snapshot): void {
    if (streamId !== this.#options.streamId) return;
    this.rows.clear();
    for (const [table, all] of Object.entries(rows))
      this.rows.set(table, new Map(all.map((row) => [row.id, row])));
    this.seq = seq;
    this.#onReady(null);
    this.#options.onChange?.();
  }

  #entries({ streamId, entries }: Entries): void {
    if (streamId !== this.#options.streamId) return;
    for (const { seq, changes } of entries) {
      if (seq <= this.seq) continue;
      if (seq !== this.seq + 1) {
        this.gaps += 1;
        void this.#hello();
        return;
      }
      for (const { table, row } of changes) this.#apply(table, row);
      this.seq = seq;
    }
    this.#options.onChange?.();
  }

  #apply(table: string, row: BaseRow): void {
    const rows = this.rows.get(table) ?? new Map<string, BaseRow>();
    this.rows.set(table, rows);
    // Archived rows are kept: a report at the end of a day asks for them.
    rows.set(row.id, row);
  }
}
