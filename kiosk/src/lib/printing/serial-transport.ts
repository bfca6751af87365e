import type { SerialPortLike } from './serial.ts';
import {
  createStatusParser,
  statusOfRealtime,
  type DeviceStatus,
  type PrinterEvent,
  type RealtimeQuery,
} from './status-parser.ts';

export interface Timing {
  /** A printer that is on answers DLE EOT within a few milliseconds; half a second covers a slow adapter. */
  readonly replyMs: number;
  /** A ticket takes 2 s; past this nobody in front of the kiosk still waits. */
  readonly completionMs: number;
  /** Paper out or cover open while printing: this long for the last acknowledgement, then it is not known. */
  readonly faultGraceMs: number;
  /** How often an idle printer is asked, for those that don't speak by themselves and for the plug pulled. */
  readonly pollMs: number;
}

export const TIMING: Timing = { replyMs: 500, completionMs: 20_000, faultGraceMs: 2_000, pollMs: 10_000 };

/**
 * How a printer tells that a job has come out: by GS ( H with our id; by GS r, which it answers in the order of
 * the data; or not at all. Tried on each connection, because what a printer says of itself may be untrue.
 */
export type Completion = 'processId' | 'queuedStatus' | 'none';

export type JobResult =
  | { readonly kind: 'completed' }
  /** All of it has left, but nothing came back in time, or the printer has no way to say it. */
  | {
      readonly kind: 'unconfirmed';
      readonly mayComeLate: boolean;
      /** It still came (true), or the connection has ended without it (false). */
      readonly later: Promise<boolean>;
    }
  /** Part of the job is stuck in the port: the connection has to be closed. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'lost' };

const QUERIES: readonly RealtimeQuery[] = [1, 2, 4];
const STATUS_REQUEST = Uint8Array.from(QUERIES.flatMap((n) => [0x10, 0x04, n]));
/** GS a: say by yourself when on/offline, errors or paper change. A kiosk has no drawer to watch. */
const STATUS_BY_ITSELF = Uint8Array.of(0x1d, 0x61, 0x0e);
/** ESC @ drops what a printer without GS ( H took for text. */
const CLEAR = Uint8Array.of(0x1b, 0x40);
const QUEUED_STATUS_REQUEST = Uint8Array.of(0x1d, 0x72, 0x01);
const completionRequest = (id: string): Uint8Array =>
  Uint8Array.from([0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Array.from(id, (c) => c.charCodeAt(0))]);
const PROBE_ID = 'AAAA';

/** The default of 255 makes Chromium wait for the device between pieces of a ticket. */
const PORT_BUFFER = 4096;
/** Small enough to stop soon when the port stalls, large enough for one USB transfer. */
const CHUNK = 256;
/** Parity or framing errors end a read, not the port; more than this in a row and the line is not a printer's. */
const READ_ERRORS_MAX = 8;

const sleep = (ms: number): Promise<'late'> => new Promise((resolve) => setTimeout(resolve, ms, 'late'));
const quietly = (promise: Promise<unknown> | undefined): Promise<unknown> =>
  Promise.resolve(promise).catch(() => undefined);

/** The last thing that a printer says when it stops in the middle. */
const isStop = (event: PrinterEvent): boolean =>
  event.kind === 'status' && (event.status.paperEnd || event.status.coverOpen || !event.status.online);

/** Opens the port at a speed, without asking the printer anything. Throws what Web Serial throws. */
export async function openSerial(
  port: SerialPortLike,
  baudRate: number,
  timing: Timing,
): Promise<SerialConnection> {
  await port.open({ baudRate, bufferSize: PORT_BUFFER });
  return new SerialConnection(port, timing);
}

/** One open port with a printer behind it. Its caller asks one thing at a time. */
export class SerialConnection {
  /** Resolves once the port is gone, or closed. */
  readonly ended: Promise<void>;
  /** Called with every word that the printer says by itself. */
  onStatus: (status: DeviceStatus) => void = () => undefined;

  readonly #port: SerialPortLike;
  readonly #timing: Timing;
  readonly #parser = createStatusParser();
  readonly #listeners = new Set<(event: PrinterEvent) => void>();
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | null;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #completion: Completion | null = null;
  #closing = false;

  constructor(port: SerialPortLike, timing: Timing) {
    this.#port = port;
    this.#timing = timing;
    this.#writer = port.writable?.getWriter() ?? null;
    this.ended = this.#readAll();
  }

  /** null until it has been found out. */
  get completion(): Completion | null {
    return this.#completion;
  }

  /** DLE EOT 1, 2 and 4; null where the printer does not answer. */
  async readStatus(): Promise<DeviceStatus | null> {
    const answers = new Map<RealtimeQuery, number>();
    this.#parser.forget();
    for (const n of QUERIES) this.#parser.expectRealtime(n);
    const answered = this.#waitFor((event) => {
      if (event.kind === 'realtime') answers.set(event.n, event.byte);
      return answers.size === QUERIES.length;
    }, this.#timing.replyMs);
    // Not awaited: on a stalled line the write itself never ends, and the answer is what counts.
    void quietly(this.#write(STATUS_REQUEST));
    if (!(await answered)) return null;
    return statusOfRealtime(answers.get(1) ?? 0, answers.get(2) ?? 0, answers.get(4) ?? 0);
  }

  /** Finds out how this printer confirms, and asks it to speak by itself. Only while it is ready. */
  async probeCompletion(): Promise<void> {
    const acknowledged = this.#waitFor(
      (e) => e.kind === 'completed' && e.id === PROBE_ID,
      this.#timing.replyMs,
    );
    void quietly(this.#write(Uint8Array.from([...completionRequest(PROBE_ID), ...CLEAR])));
    if (await acknowledged) {
      this.#completion = 'processId';
    } else {
      this.#parser.expectQueued();
      const answered = this.#waitFor((e) => e.kind === 'queued', this.#timing.replyMs);
      void quietly(this.#write(QUEUED_STATUS_REQUEST));
      this.#completion = (await answered) ? 'queuedStatus' : 'none';
      this.#parser.forget();
    }
    void quietly(this.#write(STATUS_BY_ITSELF));
  }

  /** Sends a job and waits for its confirmation. `id`: four characters, new for each job. */
  async send(job: Uint8Array, id: string): Promise<JobResult> {
    const confirmation = this.#listenForConfirmation(id);
    const stopped = this.#waitFor(isStop, this.#timing.completionMs).then((stop) =>
      stop ? sleep(this.#timing.faultGraceMs) : sleep(this.#timing.completionMs),
    );
    const written = await this.#writeAll(Uint8Array.from([...job, ...this.#fence(id)]));
    if (written !== 'written') {
      confirmation.stop();
      return { kind: written };
    }
    const first =
      this.#fence(id).length === 0
        ? 'late'
        : await Promise.race([
            confirmation.heard,
            stopped,
            sleep(this.#timing.completionMs),
            this.ended.then(() => 'lost' as const),
          ]);
    if (first !== 'late') {
      confirmation.stop();
      return { kind: first };
    }
    // An answer without an id could be another job's: only one with our id still counts when it comes late.
    if (this.#completion !== 'processId') {
      confirmation.stop();
      return { kind: 'unconfirmed', mayComeLate: false, later: Promise.resolve(false) };
    }
    const later = Promise.race([confirmation.heard.then(() => true), this.ended.then(() => false)]);
    void later.then(confirmation.stop);
    return { kind: 'unconfirmed', mayComeLate: true, later };
  }

  async close(): Promise<void> {
    this.#closing = true;
    // Each step may fail or hang because the device is gone; the next is still needed to let go of it.
    await quietly(this.#reader?.cancel());
    await Promise.race([quietly(this.#writer?.abort()), sleep(this.#timing.replyMs)]);
    this.#writer?.releaseLock();
    await this.ended;
    await Promise.race([quietly(this.#port.close()), sleep(this.#timing.replyMs)]);
  }

  async #readAll(): Promise<void> {
    let errors = 0;
    while (!this.#closing && this.#port.readable !== null && errors < READ_ERRORS_MAX) {
      const reader = this.#port.readable.getReader();
      this.#reader = reader;
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          errors = 0;
          for (const event of this.#parser.push(value)) this.#handle(event);
        }
      } catch {
        errors++;
      } finally {
        reader.releaseLock();
      }
    }
  }

  #handle(event: PrinterEvent): void {
    if (event.kind === 'status') this.onStatus(event.status);
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** True once `wanted` says so of an event, false when the time or the connection ends first. */
  async #waitFor(wanted: (event: PrinterEvent) => boolean, withinMs: number): Promise<boolean> {
    let listener: (event: PrinterEvent) => void = () => undefined;
    const heard = new Promise<'heard'>((resolve) => {
      listener = (event) => {
        if (wanted(event)) resolve('heard');
      };
    });
    this.#listeners.add(listener);
    const first = await Promise.race([heard, sleep(withinMs), this.ended]);
    this.#listeners.delete(listener);
    return first === 'heard';
  }

  #fence(id: string): Uint8Array {
    if (this.#completion === 'processId') return completionRequest(id);
    return this.#completion === 'queuedStatus' ? QUEUED_STATUS_REQUEST : new Uint8Array();
  }

  #listenForConfirmation(id: string): { heard: Promise<'completed'>; stop: () => void } {
    if (this.#completion === 'queuedStatus') this.#parser.expectQueued();
    let listener: (event: PrinterEvent) => void = () => undefined;
    const heard = new Promise<'completed'>((resolve) => {
      listener = (event) => {
        const ours = event.kind === 'completed' ? event.id === id : event.kind === 'queued';
        if (ours) resolve('completed');
      };
    });
    this.#listeners.add(listener);
    return { heard, stop: () => void this.#listeners.delete(listener) };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#writer === null) throw new Error('the port has no writable side');
    await this.#writer.write(bytes);
  }

  async #writeAll(bytes: Uint8Array): Promise<'written' | 'stuck' | 'lost'> {
    const all = (async () => {
      for (let at = 0; at < bytes.length; at += CHUNK) await this.#write(bytes.subarray(at, at + CHUNK));
      return 'written' as const;
    })().catch(() => 'lost' as const);
    const first = await Promise.race([
      all,
      sleep(this.#timing.completionMs),
      this.ended.then(() => 'lost' as const),
    ]);
    return first === 'late' ? 'stuck' : first;
  }
}
