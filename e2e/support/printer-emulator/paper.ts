import { characterOf } from './codepages.ts';
import type { Command } from './commands.ts';

export type Align = 'left' | 'center' | 'right';

/** One character as it comes out; sizes are multiples of the font's. */
export interface Cell {
  readonly character: string;
  readonly wide: number;
  readonly high: number;
  readonly bold: boolean;
  readonly underlined: boolean;
  readonly inverted: boolean;
  /** Dots of one cell before it is multiplied. */
  readonly dots: { readonly width: number; readonly height: number };
}

export type PrintedItem =
  | {
      readonly kind: 'line';
      readonly cells: readonly Cell[];
      readonly align: Align;
      readonly heightDots: number;
    }
  | {
      readonly kind: 'qr';
      readonly value: string;
      readonly module: number;
      readonly level: string;
      readonly align: Align;
    }
  | {
      readonly kind: 'image';
      readonly widthDots: number;
      readonly heightDots: number;
      readonly bits: readonly number[];
      readonly align: Align;
    }
  | { readonly kind: 'barcode'; readonly type: number; readonly value: string }
  | { readonly kind: 'feed'; readonly dots: number };

/** What lies between two cuts. */
export interface PrintedTicket {
  readonly items: readonly PrintedItem[];
  readonly cut: 'partial' | 'full';
}

export const DOTS_PER_MM = 8;
const PRINTABLE_DOTS = { 58: 384, 80: 576 } as const;
const FONTS = { A: { width: 12, height: 24 }, B: { width: 9, height: 17 } } as const;
const LINE_DOTS = 30;
const ALIGNS: readonly Align[] = ['left', 'center', 'right'];
const QR_LEVELS = ['L', 'M', 'Q', 'H'];
const MISSING = '\ufffd';

interface Mode {
  align: Align;
  wide: number;
  high: number;
  bold: boolean;
  underlined: boolean;
  inverted: boolean;
  font: keyof typeof FONTS;
  page: number;
  lineDots: number;
}

const powerOn = (): Mode => ({
  align: 'left',
  wide: 1,
  high: 1,
  bold: false,
  underlined: false,
  inverted: false,
  font: 'A',
  page: 0,
  lineDots: LINE_DOTS,
});

/** The print head and the paper: commands in, printed things out. */
export class Paper {
  readonly tickets: PrintedTicket[] = [];
  readonly widthDots: number;
  /** Lines that left the head since power-on; paper that runs out does so at a line. */
  linesPrinted = 0;
  /** Asian firmware reads bytes above 7F in pairs until FS . says otherwise. */
  readonly #kanjiAtStart: boolean;
  #kanji: boolean;
  #kanjiHalf = false;
  #mode = powerOn();
  #line: Cell[] = [];
  #items: PrintedItem[] = [];
  #qr = { module: 3, level: 'L', value: '' };

  constructor(paperMm: 58 | 80, kanji: boolean) {
    this.widthDots = PRINTABLE_DOTS[paperMm];
    this.#kanjiAtStart = kanji;
    this.#kanji = kanji;
  }

  /** What has come out since the last cut. */
  get uncut(): readonly PrintedItem[] {
    return this.#items;
  }

  /** Carries out one command that concerns paper; false where it does not. */
  run({ name, args, data }: Command): boolean {
    const [first = 0] = args;
    switch (name) {
      case 'TEXT':
        this.#put(first);
        return true;
      case 'LF':
        this.#feedLine();
        return true;
      case 'NUL':
      case 'CR':
        return true;
      case 'CAN':
        this.#line = [];
        return true;
      case 'ESC @':
        this.#line = [];
        this.#mode = powerOn();
        this.#kanji = this.#kanjiAtStart;
        return true;
      case 'ESC d':
        for (let n = 0; n < Math.max(1, first); n++) this.#feedLine();
        return true;
      case 'ESC J':
        this.#feedLine();
        this.#items.push({ kind: 'feed', dots: first });
        return true;
      case 'FS .':
      case 'FS &':
        this.#kanji = name === 'FS &';
        return true;
      case 'GS V':
        this.#cut(first % 2 === 0 && first < 65 ? 'full' : 'partial');
        return true;
      case 'GS ( k':
        this.#symbol(data);
        return true;
      case 'GS v 0':
        this.#image(word(args, 2) * 8, word(args, 4), data);
        return true;
      case 'GS k':
        this.#items.push({
          kind: 'barcode',
          type: first,
          value: String.fromCharCode(...data.filter((b) => b > 0)),
        });
        return true;
      default:
        return this.#setMode(name, first);
    }
  }

  #setMode(name: string, first: number): boolean {
    const mode = this.#mode;
    const on = first % 2 === 1;
    switch (name) {
      case 'ESC a':
        mode.align = ALIGNS[first % 48] ?? 'left';
        return true;
      case 'ESC E':
      case 'ESC G':
        mode.bold = on;
        return true;
      case 'ESC -':
        mode.underlined = first % 48 > 0;
        return true;
      case 'GS B':
        mode.inverted = on;
        return true;
      case 'ESC M':
        mode.font = first % 48 === 1 ? 'B' : 'A';
        return true;
      case 'GS !':
        mode.wide = (first >> 4) + 1;
        mode.high = (first & 7) + 1;
        return true;
      case 'ESC !':
        mode.font = (first & 1) === 1 ? 'B' : 'A';
        mode.bold = (first & 8) > 0;
        mode.high = (first & 16) > 0 ? 2 : 1;
        mode.wide = (first & 32) > 0 ? 2 : 1;
        mode.underlined = (first & 128) > 0;
        return true;
      case 'ESC t':
        mode.page = first;
        return true;
      case 'ESC 2':
        mode.lineDots = LINE_DOTS;
        return true;
      case 'ESC 3':
        mode.lineDots = first;
        return true;
      case 'ESC R':
        // Only the first set is drawn: every other replaces characters, so it must not be chosen.
        return first === 0;
      default:
        return false;
    }
  }

  #put(byte: number): void {
    if (this.#kanji && (byte >= 0x80 || this.#kanjiHalf)) {
      this.#kanjiHalf = !this.#kanjiHalf;
      if (this.#kanjiHalf) this.#append('□', 2);
      return;
    }
    this.#append(characterOf(byte, this.#mode.page) ?? MISSING, 1);
  }

  #append(character: string, cells: number): void {
    const { wide, high, bold, underlined, inverted, font } = this.#mode;
    const width = FONTS[font].width * wide * cells;
    if (lineWidth(this.#line) + width > this.widthDots) this.#feedLine();
    this.#line.push({ character, wide: wide * cells, high, bold, underlined, inverted, dots: FONTS[font] });
  }

  #feedLine(): void {
    const tallest = Math.max(0, ...this.#line.map((cell) => cell.high * cell.dots.height));
    const heightDots = Math.max(this.#mode.lineDots, tallest);
    this.#items.push({ kind: 'line', cells: this.#line, align: this.#mode.align, heightDots });
    this.#line = [];
    this.linesPrinted++;
  }

  #cut(cut: 'partial' | 'full'): void {
    if (this.#line.length > 0) this.#feedLine();
    this.tickets.push({ items: this.#items, cut });
    this.#items = [];
  }

  /** Two-dimensional codes: cn 49 is QR; 67 sets the module, 69 the level, 80 stores, 81 prints. */
  #symbol([type, fn, ...rest]: readonly number[]): void {
    if (type !== 49) return;
    if (fn === 67) this.#qr.module = rest[0] ?? 3;
    if (fn === 69) this.#qr.level = QR_LEVELS[(rest[0] ?? 48) - 48] ?? 'L';
    if (fn === 80) this.#qr.value = String.fromCharCode(...rest.slice(1));
    if (fn === 81 && this.#qr.value !== '') {
      this.#items.push({ kind: 'qr', ...this.#qr, align: this.#mode.align });
    }
  }

  #image(widthDots: number, heightDots: number, bytes: readonly number[]): void {
    const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((n) => (byte >> n) & 1));
    this.#items.push({ kind: 'image', widthDots, heightDots, bits, align: this.#mode.align });
  }
}

const word = (bytes: readonly number[], at: number): number => (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);

export const lineWidth = (cells: readonly Cell[]): number =>
  cells.reduce((width, cell) => width + cell.wide * cell.dots.width, 0);
