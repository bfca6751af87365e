/**
 * What an ESC/POS printer sends back, byte by byte: chunks arrive cut anywhere. The order of the rules is that
 * of docs/spec/printing.md, PR7: blocks first, then XON and XOFF, status of four bytes, answers that were asked
 * for, and last what is unknown.
 */
export type PrinterEvent =
  /** GS ( H: everything sent before this id has been printed. */
  | { readonly kind: 'completed'; readonly id: string }
  /** GS a: the printer's own word, whenever something changes. */
  | { readonly kind: 'status'; readonly status: DeviceStatus }
  /** One answer to DLE EOT n. */
  | { readonly kind: 'realtime'; readonly n: RealtimeQuery; readonly byte: number }
  /** GS r: processed in the order of the data. */
  | { readonly kind: 'queued'; readonly byte: number }
  /** GS I and other blocks that nobody here asks for. */
  | { readonly kind: 'block'; readonly bytes: readonly number[] }
  | { readonly kind: 'unknown'; readonly byte: number };

/** DLE EOT 1 printer, 2 cause of being offline, 4 paper. */
export type RealtimeQuery = 1 | 2 | 4;

export interface DeviceStatus {
  readonly online: boolean;
  readonly coverOpen: boolean;
  readonly paperEnd: boolean;
  readonly paperNearEnd: boolean;
  /** Cutter, head or mechanics. */
  readonly fault: boolean;
  /** The level of pin 3 of the drawer's socket; what it means depends on the drawer. */
  readonly drawerPinHigh: boolean;
}

const BLOCK_STARTS = [0x37, 0x3d, 0x53, 0x5f];
const COMPLETION = [0x37, 0x22];
/** Header, kind, four characters, NUL. */
const COMPLETION_BYTES = 7;
/** The longest identity of a printer; a longer "block" is noise. */
const BLOCK_BYTES_MAX = 82;
const XON = 0x11;
const XOFF = 0x13;

const bit = (byte: number | undefined, n: number): boolean => (((byte ?? 0) >> n) & 1) === 1;
/** 0xx1xx00 opens four bytes of automatic status, 0xx0xxxx continues them. */
const opensStatus = (byte: number): boolean => (byte & 0x93) === 0x10;
const continuesStatus = (byte: number): boolean => (byte & 0x90) === 0;
/** 0xx1xx10 answers DLE EOT, 0xx0xxxx answers GS r. */
const answersRealtime = (byte: number): boolean => (byte & 0x93) === 0x12;
const answersQueued = (byte: number): boolean => (byte & 0x90) === 0;
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

function statusOf([first, second, third]: readonly number[]): DeviceStatus {
  return {
    online: !bit(first, 3),
    coverOpen: bit(first, 5),
    paperEnd: bit(third, 2) || bit(third, 3),
    paperNearEnd: bit(third, 0) || bit(third, 1),
    fault: bit(second, 2) || bit(second, 3) || bit(second, 5) || bit(second, 6),
    drawerPinHigh: bit(first, 2),
  };
}

/** The same, from the answers to DLE EOT 1, 2 and 4, whose bits lie elsewhere. */
export function statusOfRealtime(printer: number, cause: number, paper: number): DeviceStatus {
  return {
    online: !bit(printer, 3),
    coverOpen: bit(cause, 2),
    paperEnd: bit(cause, 5) || bit(paper, 5) || bit(paper, 6),
    paperNearEnd: bit(paper, 2) || bit(paper, 3),
    fault: bit(cause, 6),
    drawerPinHigh: bit(printer, 2),
  };
}

export interface StatusParser {
  push(bytes: Uint8Array): PrinterEvent[];
  /** An answer to DLE EOT n is due. */
  expectRealtime(n: RealtimeQuery): void;
  expectQueued(): void;
  /** Nothing that was asked for is still expected. */
  forget(): void;
}

export function createStatusParser(): StatusParser {
  let block: number[] = [];
  let status: number[] = [];
  let realtime: RealtimeQuery[] = [];
  let queued = 0;

  /** True while the byte belongs to a block; a byte that can't belong ends it unused. */
  function takeBlock(byte: number, out: PrinterEvent[]): boolean {
    if (block.length === 0) {
      if (status.length > 0 || !BLOCK_STARTS.includes(byte)) return false;
      block = [byte];
      return true;
    }
    const isCompletion = block[0] === COMPLETION[0] && (block[1] ?? byte) === COMPLETION[1];
    const last = isCompletion ? block.length === COMPLETION_BYTES - 1 : byte === 0;
    if (last && byte === 0) {
      const bytes = [...block, byte];
      out.push(
        isCompletion
          ? { kind: 'completed', id: String.fromCharCode(...bytes.slice(2, 6)) }
          : { kind: 'block', bytes },
      );
      block = [];
      return true;
    }
    if (!last && isPrintable(byte) && block.length < BLOCK_BYTES_MAX) {
      block.push(byte);
      return true;
    }
    for (const noise of block) out.push({ kind: 'unknown', byte: noise });
    block = [];
    return false;
  }

  function takeStatus(byte: number, out: PrinterEvent[]): boolean {
    if (status.length === 0) {
      if (!opensStatus(byte)) return false;
      status = [byte];
      return true;
    }
    if (!continuesStatus(byte)) {
      for (const noise of status) out.push({ kind: 'unknown', byte: noise });
      status = opensStatus(byte) ? [byte] : [];
      return status.length > 0;
    }
    status.push(byte);
    if (status.length === 4) {
      out.push({ kind: 'status', status: statusOf(status) });
      status = [];
    }
    return true;
  }

  function take(byte: number, out: PrinterEvent[]): void {
    if (byte === XON || byte === XOFF) return;
    if (takeBlock(byte, out)) return;
    if (takeStatus(byte, out)) return;
    const asked = answersRealtime(byte) ? realtime.shift() : undefined;
    if (asked !== undefined) out.push({ kind: 'realtime', n: asked, byte });
    else if (queued > 0 && answersQueued(byte)) {
      queued--;
      out.push({ kind: 'queued', byte });
    } else out.push({ kind: 'unknown', byte });
  }

  return {
    push(bytes) {
      const out: PrinterEvent[] = [];
      for (const byte of bytes) take(byte, out);
      return out;
    },
    expectRealtime: (n) => void realtime.push(n),
    expectQueued: () => void queued++,
    forget() {
      realtime = [];
      queued = 0;
    },
  };
}
