import type { PrintDocument } from '@schalter/shared/documents/document.ts';
import type { PRINTER_STATES } from '@schalter/shared/platform/rows.ts';
import type { PaperMm } from './encode.ts';
import type { SerialLike, SerialPortLike } from './serial.ts';
import {
  openSerial,
  TIMING,
  type JobResult,
  type SerialConnection,
  type Timing,
} from './serial-transport.ts';
import type { DeviceStatus } from './status-parser.ts';

export type PrinterState = (typeof PRINTER_STATES)[number];

export type PrintOutcome =
  /** The printer has said that it came out. */
  | { readonly kind: 'printed' }
  /** Not a byte of it has left: the number is shown on the screen instead, and may be tried again. */
  | { readonly kind: 'notPrinted'; readonly state: PrinterState }
  /** It may have come out, whole or in part; it is never sent again. `later`: the printer still said that it did. */
  | { readonly kind: 'unknown'; readonly state: PrinterState; readonly later: Promise<boolean> };

export interface Printer {
  readonly state: PrinterState;
  /** Asks the person for a port; call it inside a click, at set-up only. False where none was chosen. */
  choose(): Promise<boolean>;
  print(document: PrintDocument, paperMm: PaperMm): Promise<PrintOutcome>;
  /** Lets go of the port. */
  close(): Promise<void>;
}

/** What survives a reload, such as `localStorage`: at which speed the printer answered. */
export interface PrinterMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface PrinterOptions {
  /** From `findSerial`; null where the browser has none. */
  readonly serial: SerialLike | null;
  /** Epoch milliseconds; makes the ids of jobs differ from one connection to the next. */
  readonly now: () => number;
  readonly onState: (state: PrinterState) => void;
  readonly memory: PrinterMemory;
  readonly timing?: Partial<Timing>;
}

const MEMORY_KEY = 'schalter.printer.baudRate';
/** Epson's serial models, most others, fast clones, the rest. On USB the speed means nothing and the first answers. */
const BAUD_RATES = [38_400, 9_600, 115_200, 19_200];
/**
 * After a job that broke off: zeros, more than the longest counted command of a ticket (its QR code), end a command
 * that still waits for its data; then ESC @, feed and cut, so that the torn ticket does not hang on the next one.
 */
const RESYNC = [...new Array<number>(256).fill(0), 0x1b, 0x40, 0x0a, 0x0a, 0x0a, 0x0a, 0x1d, 0x56, 0x01];
/** Outcomes kept so that one document is printed once; a kiosk prints about this many in a morning. */
const OUTCOMES_MAX = 500;
/** 32 characters that no status byte can be taken for (docs/spec/printing.md, PR8). */
const ID_ALPHABET = '@ABCDEFGHIJKLMNO`abcdefghijklmno';

function jobId(n: number): string {
  let id = '';
  for (let rest = n, i = 0; i < 4; i++, rest = Math.floor(rest / 32)) id += ID_ALPHABET.charAt(rest % 32);
  return id;
}

function stateOf(status: DeviceStatus | null): PrinterState {
  if (status === null) return 'offline';
  if (status.coverOpen) return 'coverOpen';
  if (status.paperEnd) return 'paperOut';
  return status.online && !status.fault ? 'ready' : 'offline';
}

/** The kiosk's printer: finds it again by itself, tells how it is, and tells the truth about each ticket. */
export function createPrinter(options: PrinterOptions): Printer {
  return new SerialPrinter(options);
}

class SerialPrinter implements Printer {
  readonly #options: PrinterOptions;
  readonly #timing: Timing;
  readonly #outcomes = new Map<string, Promise<PrintOutcome>>();
  readonly #poll: ReturnType<typeof setInterval>;
  #state: PrinterState;
  #connection: SerialConnection | null = null;
  #jobs: number;
  /** A job broke off: the printer may still wait for the rest of a command. */
  #needsResync = false;
  /** One thing at a time: finding, asking, printing. */
  #turn: Promise<unknown> = Promise.resolve();
  #checkIsDue = false;
  /** Nothing is known yet of what hangs on the cable, not even where a speed is remembered. */
  #speedIsOpen = true;
  #closed = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#jobs = options.now();
    this.#state = options.serial === null ? 'unsupported' : 'notChosen';
    options.onState(this.#state);
    options.serial?.addEventListener('connect', this.#onPlug);
    options.serial?.addEventListener('disconnect', this.#onPlug);
    this.#poll = setInterval(() => this.#check(), this.#timing.pollMs);
    this.#check();
  }

  get state(): PrinterState {
    return this.#state;
  }

  async choose(): Promise<boolean> {
    if (this.#options.serial === null) return false;
    try {
      // First of all, while the click still counts as a gesture.
      const port = await this.#options.serial.requestPort();
      await this.#exclusive(async () => {
        await this.#disconnect();
        this.#speedIsOpen = true;
        await this.#connectTo([port]);
      });
      return true;
    } catch {
      // Nothing was chosen in the browser's dialog.
      return false;
    }
  }

  print(document: PrintDocument, paperMm: PaperMm): Promise<PrintOutcome> {
    const known = this.#outcomes.get(document.id);
    if (known !== undefined) return known;
    const outcome = this.#exclusive(() => this.#attempt(document, paperMm));
    this.#outcomes.set(document.id, outcome);
    void outcome.then(({ kind }) => {
      if (kind === 'notPrinted') this.#outcomes.delete(document.id);
    });
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > OUTCOMES_MAX && oldest !== undefined) this.#outcomes.delete(oldest);
    return outcome;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    this.#options.serial?.removeEventListener('connect', this.#onPlug);
    this.#options.serial?.removeEventListener('disconnect', this.#onPlug);
    await this.#exclusive(() => this.#disconnect());
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #setState(state: PrinterState): void {
    if (state === this.#state || this.#closed) return;
    this.#state = state;
    this.#options.onState(state);
  }

  readonly #onPlug = (): void => {
    // Another printer may hang on the cable now.
    this.#speedIsOpen = true;
    this.#check();
  };

  #check(): void {
    if (this.#checkIsDue) return;
    this.#checkIsDue = true;
    void this.#exclusive(() => {
      this.#checkIsDue = false;
      return this.#refresh();
    });
  }

  /** Connects where there is no connection, asks where there is one, and says what came of it. */
  async #refresh(): Promise<void> {
    const { serial } = this.#options;
    if (serial === null || this.#closed) return;
    if (this.#connection === null) {
      // A browser that fails to list its ports has none for us.
      await this.#connectTo(await serial.getPorts().catch(() => []));
    } else {
      this.#setState(await this.#ask(this.#connection));
    }
  }

  async #ask(connection: SerialConnection): Promise<PrinterState> {
    const state = stateOf(await connection.readStatus());
    if (state === 'ready' && connection.completion === null) await connection.probeCompletion();
    return this.#connection === connection ? state : 'disconnected';
  }

  async #connectTo(ports: readonly SerialPortLike[]): Promise<void> {
    const remembered = Number(this.#options.memory.getItem(MEMORY_KEY) ?? 0);
    if (ports.length === 0) {
      this.#setState(remembered > 0 ? 'disconnected' : 'notChosen');
      return;
    }
    const others = BAUD_RATES.filter((rate) => rate !== remembered);
    // Asking at every speed takes seconds, in which no ticket could be refused: only while it is worth it.
    const rates = remembered === 0 ? others : this.#speedIsOpen ? [remembered, ...others] : [remembered];
    this.#speedIsOpen = false;
    for (const port of ports) {
      for (const rate of rates) {
        if (await this.#tryPort(port, rate)) return;
      }
    }
    this.#setState('offline');
  }

  async #tryPort(port: SerialPortLike, baudRate: number): Promise<boolean> {
    let connection: SerialConnection;
    try {
      connection = await openSerial(port, baudRate, this.#timing);
    } catch {
      // In use by another program, or pulled out this moment: the next check tries again.
      return false;
    }
    if ((await connection.readStatus()) === null) {
      await connection.close();
      return false;
    }
    this.#connection = connection;
    this.#options.memory.setItem(MEMORY_KEY, String(baudRate));
    connection.onStatus = (status) => this.#setState(stateOf(status));
    void connection.ended.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = null;
      this.#setState('disconnected');
      void this.#exclusive(() => connection.close());
    });
    this.#setState(await this.#ask(connection));
    // Fetched now, so that a ticket still prints once the network is gone.
    void import('./encode.ts').catch(() => undefined);
    return true;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  async #attempt(document: PrintDocument, paperMm: PaperMm): Promise<PrintOutcome> {
    // Looking for a printer is for the time between tickets: this customer is told at once that there is none.
    if (this.#connection !== null) await this.#refresh();
    const connection = this.#connection;
    if (connection === null || this.#state !== 'ready') return { kind: 'notPrinted', state: this.#state };
    let job: Uint8Array;
    try {
      const { encodeDocument } = await import('./encode.ts');
      job = encodeDocument(document, paperMm);
    } catch {
      return { kind: 'notPrinted', state: this.#state };
    }
    this.#jobs += 1;
    const bytes = this.#needsResync ? Uint8Array.from([...RESYNC, ...job]) : job;
    const result = await connection.send(bytes, jobId(this.#jobs));
    this.#needsResync = result.kind === 'stuck' || result.kind === 'lost';
    return this.#outcomeOf(result);
  }

  async #outcomeOf(result: JobResult): Promise<PrintOutcome> {
    switch (result.kind) {
      case 'completed':
        return { kind: 'printed' };
      case 'unconfirmed':
        // The printer has all of it. Should its power go before it says so, the rest is gone.
        void result.later.then((came) => (this.#needsResync ||= result.mayComeLate && !came));
        return { kind: 'unknown', state: this.#state, later: result.later };
      case 'stuck':
        await this.#disconnect();
        this.#setState('offline');
        return { kind: 'unknown', state: this.#state, later: Promise.resolve(false) };
      case 'lost':
        return { kind: 'unknown', state: this.#state, later: Promise.resolve(false) };
    }
  }
}
