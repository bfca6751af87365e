import { commandAt, type Command } from './commands.ts';
import { Paper, type PrintedTicket } from './paper.ts';

export interface PrinterProfile {
  readonly paperMm: 58 | 80;
  /** A clone without GS ( prints its parameters as text. */
  readonly knowsGsParenthesis: boolean;
  readonly knowsQueuedStatus: boolean;
  readonly knowsAutomaticStatus: boolean;
  /** Asian firmware: bytes above 7F are halves of Kanji until FS . */
  readonly kanji: boolean;
}

const EPSON: PrinterProfile = {
  paperMm: 80,
  knowsGsParenthesis: true,
  knowsQueuedStatus: true,
  knowsAutomaticStatus: true,
  kanji: false,
};

/** Scripted misbehaviour; everything is off to begin with and may be changed at any time. */
export interface Faults {
  /** The acknowledgement of GS ( H: sent at once, after so many milliseconds, or not at all. */
  acknowledge: 'now' | 'never' | { readonly afterMs: number };
  /** The paper ends after so many more lines. */
  paperEndsAfterLines: number | null;
  /** The cable comes off after so many more bytes. */
  dropAfterBytes: number | null;
  /** The printer stops taking bytes after so many more (XOFF, DTR low): writes hang. */
  stallAfterBytes: number | null;
  /** Says nothing at all, as if it were switched off or set to another speed. */
  mute: boolean;
  /** XON and XOFF between all the bytes that it sends. */
  flowBytes: boolean;
}

/** A pulse to the drawer's socket. */
export interface Pulse {
  readonly by: 'ESC p' | 'DLE DC4';
  readonly pin: 2 | 5;
}

const XOFF = 0x13;
const XON = 0x11;
/** The input buffer of a small printer; a full one holds the sender up. */
const BUFFER_BYTES = 4096;
const IDENTITY: Readonly<Record<number, string>> = {
  0x41: '1.00 ESC/POS',
  0x42: 'SCHALTER',
  0x43: 'EMULATOR',
  0x44: 'E0000001',
  0x45: '',
};

/** An ESC/POS printer without a printer: bytes in, paper and answers out. */
export class PrinterEmulator {
  readonly profile: PrinterProfile;
  readonly faults: Faults = {
    acknowledge: 'now',
    paperEndsAfterLines: null,
    dropAfterBytes: null,
    stallAfterBytes: null,
    mute: false,
    flowBytes: false,
  };
  /** Every byte that arrived, in order: what a test compares byte for byte. */
  readonly received: number[] = [];
  readonly unknown: Command[] = [];
  readonly pulses: Pulse[] = [];
  /** To the computer. */
  onSend: (bytes: Uint8Array) => void = () => undefined;
  /** The cable came off. */
  onDrop: () => void = () => undefined;

  #paper: Paper;
  #buffer: number[] = [];
  #realtime: number[] = [];
  #realtimePulse = true;
  #automatic = 0;
  #cover = false;
  #paperLevel: 'full' | 'nearEnd' | 'end' = 'full';
  #drawerOpen = false;
  #held: (() => void)[] = [];
  #connection = 0;

  constructor(profile: Partial<PrinterProfile> = {}) {
    this.profile = { ...EPSON, ...profile };
    this.#paper = new Paper(this.profile.paperMm, this.profile.kanji);
  }

  get tickets(): readonly PrintedTicket[] {
    return this.#paper.tickets;
  }

  /** What came out after the last cut: the torn ticket of a job that broke off. */
  get uncut(): PrintedTicket {
    return { items: this.#paper.uncut, cut: 'partial' };
  }

  get paperDots(): number {
    return this.#paper.widthDots;
  }

  /** From the computer. Resolves when the printer has taken the bytes; while it stalls, it doesn't. */
  async receive(chunk: Iterable<number>): Promise<void> {
    const connection = this.#connection;
    for (const byte of chunk) {
      while (this.#isStalled()) await new Promise<void>((resolve) => this.#held.push(resolve));
      if (connection !== this.#connection) return;
      if (this.faults.stallAfterBytes !== null) this.faults.stallAfterBytes--;
      if (this.faults.dropAfterBytes !== null && this.faults.dropAfterBytes-- <= 0) {
        this.faults.dropAfterBytes = null;
        this.powerOff();
        this.onDrop();
        return;
      }
      this.received.push(byte);
      this.#listenInRealTime(byte);
      this.#buffer.push(byte);
      this.#work();
    }
  }

  setPaper(level: 'full' | 'nearEnd' | 'end'): void {
    this.#paperLevel = level;
    this.#changed(0x08);
  }

  setCover(open: boolean): void {
    this.#cover = open;
    this.#changed(0x02);
  }

  setDrawer(open: boolean): void {
    this.#drawerOpen = open;
    this.#changed(0x01);
  }

  /** Takes bytes again. */
  release(): void {
    this.faults.stallAfterBytes = null;
    this.#wake();
  }

  /** The computer closed its port: what had not been taken yet never arrives. */
  hangUp(): void {
    this.#connection++;
    this.faults.stallAfterBytes = null;
    this.#wake();
  }

  /** What was in its memory is gone; what lies on the paper stays. */
  powerOff(): void {
    this.#buffer = [];
    this.#realtime = [];
    this.#realtimePulse = true;
    this.#automatic = 0;
    this.#paper.run({ name: 'ESC @', args: [], data: [], length: 2 });
    this.hangUp();
  }

  #isOnline(): boolean {
    return !this.#cover && this.#paperLevel !== 'end';
  }

  #isStalled(): boolean {
    return this.faults.stallAfterBytes === 0 || this.#buffer.length >= BUFFER_BYTES;
  }

  #wake(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }

  #send(...bytes: number[]): void {
    if (this.faults.mute) return;
    this.onSend(Uint8Array.from(this.faults.flowBytes ? bytes.flatMap((byte) => [XOFF, byte, XON]) : bytes));
  }

  #changed(mask: number): void {
    if ((this.#automatic & (mask | 0x02)) > 0) this.#sendAutomaticStatus();
    this.#work();
    this.#wake();
  }

  /** Four bytes: the drawer, on- or offline and cover; errors; paper; nothing. */
  #sendAutomaticStatus(): void {
    const offline = this.#isOnline() ? 0 : 0x08;
    const paper = this.#paperLevel === 'end' ? 0x0f : this.#paperLevel === 'nearEnd' ? 0x03 : 0;
    this.#send(0x10 | this.#drawerBit() | offline | (this.#cover ? 0x20 : 0), 0x00, paper, 0x00);
  }

  /** Pin 3 is high while the drawer is shut, as with most of them. */
  #drawerBit(): number {
    return this.#drawerOpen ? 0 : 0x04;
  }

  /** DLE commands are obeyed the moment they arrive, whatever the bytes around them were meant to be. */
  #listenInRealTime(byte: number): void {
    this.#realtime.push(byte);
    this.#realtime = this.#realtime.slice(-5);
    const [a, b, c, d, e] = [...Array<number>(5 - this.#realtime.length).fill(-1), ...this.#realtime];
    if (c === 0x10 && d === 0x04 && e !== undefined) this.#answerRealtime(e);
    const isPulse =
      a === 0x10 && b === 0x14 && c === 1 && (d === 0 || d === 1) && e !== undefined && e >= 1 && e <= 8;
    if (isPulse && this.#realtimePulse) this.pulses.push({ by: 'DLE DC4', pin: d === 0 ? 2 : 5 });
  }

  #answerRealtime(n: number): void {
    const offline = this.#isOnline() ? 0 : 0x08;
    const end = this.#paperLevel === 'end';
    if (n === 1) this.#send(0x12 | this.#drawerBit() | offline);
    if (n === 2) this.#send(0x12 | (this.#cover ? 0x04 : 0) | (end ? 0x20 : 0));
    if (n === 3) this.#send(0x12);
    if (n === 4) this.#send(0x12 | (end ? 0x6c : this.#paperLevel === 'nearEnd' ? 0x0c : 0));
  }

  /** Prints what it can: offline, everything waits in the buffer. */
  #work(): void {
    let at = 0;
    while (this.#isOnline()) {
      const command = commandAt(this.#buffer, at);
      if (command === null) break;
      at += this.#obey(command);
    }
    this.#buffer.splice(0, at);
    if (at > 0) this.#wake();
  }

  /** Returns how many bytes of the buffer are done with. */
  #obey(command: Command): number {
    const isGsParenthesis = command.name.startsWith('GS (') && command.name !== 'GS ( k';
    if (isGsParenthesis && !this.profile.knowsGsParenthesis) {
      // "GS (" alone is skipped; what should have been parameters is read as what follows.
      return 2;
    }
    const before = this.#paper.linesPrinted;
    if (!this.#paper.run(command) && !this.#runDevice(command)) this.unknown.push(command);
    const lines = this.#paper.linesPrinted - before;
    if (this.faults.paperEndsAfterLines !== null && lines > 0) {
      this.faults.paperEndsAfterLines -= lines;
      if (this.faults.paperEndsAfterLines <= 0) {
        this.faults.paperEndsAfterLines = null;
        this.#paperLevel = 'end';
        if ((this.#automatic & 0x0a) > 0) this.#sendAutomaticStatus();
      }
    }
    return command.length;
  }

  #runDevice({ name, args, data }: Command): boolean {
    const [first = 0] = args;
    switch (name) {
      case 'DLE EOT':
      case 'DLE ENQ':
      case 'DLE DC4':
        // Obeyed when it arrived.
        return true;
      case 'ESC p':
        this.pulses.push({ by: 'ESC p', pin: first % 48 === 0 ? 2 : 5 });
        return true;
      case 'GS a':
        if (!this.profile.knowsAutomaticStatus) return true;
        this.#automatic = first;
        if (first > 0) this.#sendAutomaticStatus();
        return true;
      case 'GS r':
        if (this.profile.knowsQueuedStatus) this.#send(this.#queuedStatus(first));
        return true;
      case 'GS I':
        this.#send(0x5f, ...Array.from(IDENTITY[first] ?? '', (c) => c.charCodeAt(0)), 0);
        return true;
      case 'GS ( D':
        this.#enableRealtime(data);
        return true;
      case 'GS ( H':
        this.#acknowledge(data);
        return true;
      default:
        return false;
    }
  }

  #queuedStatus(which: number): number {
    if (which % 48 === 2) return this.#drawerOpen ? 0 : 1;
    return this.#paperLevel === 'nearEnd' ? 0x03 : 0;
  }

  /** Pairs of a real-time command's number and on or off, after the function code 20. */
  #enableRealtime([fn, ...pairs]: readonly number[]): void {
    if (fn !== 0x14) return;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      if (pairs[i] === 1) this.#realtimePulse = (pairs[i + 1] ?? 0) % 48 === 1;
    }
  }

  #acknowledge([fn, m, ...id]: readonly number[]): void {
    if (fn !== 48 || m !== 48 || id.length !== 4) return;
    const reply = [0x37, 0x22, ...id, 0];
    const { acknowledge } = this.faults;
    if (acknowledge === 'now') this.#send(...reply);
    else if (acknowledge !== 'never') setTimeout(() => this.#send(...reply), acknowledge.afterMs);
  }
}
