/**
 * Cuts an ESC/POS stream into commands, by the published lengths of their parameters. It knows the commands of
 * Epson's reference that receipts use; what it does not know is `UNKNOWN`, which no test lets pass.
 */
export interface Command {
  /** As manuals write it: "ESC a", "GS ( k", "LF"; "TEXT" is one byte of text. */
  readonly name: string;
  /** The parameters, without the data of counted commands. */
  readonly args: readonly number[];
  readonly data: readonly number[];
  readonly length: number;
}

const NUL = 0x00;
const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

const SINGLE: Readonly<Record<number, string>> = {
  [NUL]: 'NUL',
  0x09: 'HT',
  0x0a: 'LF',
  0x0c: 'FF',
  0x0d: 'CR',
  0x18: 'CAN',
};

/** Commands with a fixed number of parameters, by their second byte. */
const FIXED: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [ESC]: {
    '@': 0,
    '2': 0,
    '<': 0,
    L: 0,
    S: 0,
    i: 0,
    m: 0,
    ' ': 1,
    '!': 1,
    '%': 1,
    '-': 1,
    '3': 1,
    '=': 1,
    '?': 1,
    E: 1,
    G: 1,
    J: 1,
    K: 1,
    M: 1,
    R: 1,
    T: 1,
    U: 1,
    V: 1,
    a: 1,
    d: 1,
    e: 1,
    r: 1,
    t: 1,
    '{': 1,
    $: 2,
    '\\': 2,
    c: 2,
    p: 3,
    W: 8,
  },
  [FS]: { '.': 0, '&': 0, '!': 1, '-': 1, C: 1, W: 1, S: 2, p: 2 },
  [GS]: {
    ':': 0,
    '!': 1,
    '#': 1,
    '/': 1,
    B: 1,
    E: 1,
    H: 1,
    I: 1,
    T: 1,
    a: 1,
    b: 1,
    f: 1,
    h: 1,
    r: 1,
    w: 1,
    $: 2,
    L: 2,
    P: 2,
    W: 2,
    '\\': 2,
    '^': 3,
  },
};

/** Cut commands with a feed behind them. */
const CUT_WITH_FEED = [0x41, 0x42, 0x61, 0x62, 0x67, 0x68];
/** DLE DC4: the pulse, power-off, ask for status, clear the buffers. */
const DC4_PARAMETERS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 7: 1, 8: 7 };

const word = (bytes: readonly number[], at: number): number => (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);

type Counted = { readonly name: string; readonly head: number; readonly data: number };

/** The commands whose length stands in themselves: name, bytes before the data, bytes of data. */
function counted(bytes: readonly number[], at: number): Counted | 'more' | null {
  const [lead, second = -1, third = -1] = bytes.slice(at, at + 3);
  const have = bytes.length - at;
  const char = String.fromCharCode(second);
  if ((lead === GS || lead === FS || lead === ESC) && char === '(') {
    if (have < 5) return 'more';
    const prefix = lead === GS ? 'GS' : lead === FS ? 'FS' : 'ESC';
    return { name: `${prefix} ( ${String.fromCharCode(third)}`, head: 5, data: word(bytes, at + 3) };
  }
  if (lead === GS && char === 'v') {
    if (have < 8) return 'more';
    return { name: 'GS v 0', head: 8, data: word(bytes, at + 4) * word(bytes, at + 6) };
  }
  if (lead === GS && char === '8') {
    if (have < 7) return 'more';
    return { name: 'GS 8 L', head: 7, data: word(bytes, at + 3) + 65_536 * word(bytes, at + 5) };
  }
  if (lead === ESC && char === '*') {
    if (have < 5) return 'more';
    return { name: 'ESC *', head: 5, data: word(bytes, at + 3) * (third >= 32 ? 3 : 1) };
  }
  if (lead === GS && char === 'k') {
    if (have < 4) return 'more';
    if (third >= 65) return { name: 'GS k', head: 4, data: bytes[at + 3] ?? 0 };
    const end = bytes.indexOf(NUL, at + 3);
    return end === -1 ? 'more' : { name: 'GS k', head: 3, data: end - at - 2 };
  }
  if (lead === ESC && char === 'D') {
    const end = bytes.indexOf(NUL, at + 2);
    return end === -1 ? 'more' : { name: 'ESC D', head: 2, data: end - at - 1 };
  }
  return null;
}

/** How many parameters follow the name, where that does not depend on counted data; null: no such command. */
function parameters(lead: number, second: number, third: number | undefined): number | 'more' | null {
  if (lead === DLE) {
    if (second === 0x04 || second === 0x05) return 1;
    if (second !== 0x14) return null;
    if (third === undefined) return 'more';
    const rest = DC4_PARAMETERS[third];
    return rest === undefined ? null : rest + 1;
  }
  if (lead === GS && second === 0x56) {
    if (third === undefined) return 'more';
    return CUT_WITH_FEED.includes(third) ? 2 : 1;
  }
  return FIXED[lead]?.[String.fromCharCode(second)] ?? null;
}

const LEADS: Readonly<Record<number, string>> = { [DLE]: 'DLE', [ESC]: 'ESC', [FS]: 'FS', [GS]: 'GS' };
const SECONDS: Readonly<Record<number, string>> = { 0x04: 'EOT', 0x05: 'ENQ', 0x14: 'DC4' };

const unknown = (bytes: readonly number[], at: number, length: number): Command => ({
  name: 'UNKNOWN',
  args: bytes.slice(at, at + length),
  data: [],
  length,
});

/** The command that begins at `at`; null while not all of it has arrived. */
export function commandAt(bytes: readonly number[], at: number): Command | null {
  const [lead, second, third] = bytes.slice(at, at + 3);
  if (lead === undefined) return null;
  const single = SINGLE[lead];
  if (single !== undefined) return { name: single, args: [], data: [], length: 1 };
  const prefix = LEADS[lead];
  if (prefix === undefined) {
    return lead >= 0x20 ? { name: 'TEXT', args: [lead], data: [], length: 1 } : unknown(bytes, at, 1);
  }
  if (second === undefined) return null;
  const long = counted(bytes, at);
  if (long === 'more') return null;
  if (long !== null) {
    const length = long.head + long.data;
    if (bytes.length - at < length) return null;
    return {
      name: long.name,
      args: bytes.slice(at + 2, at + long.head),
      data: bytes.slice(at + long.head, at + length),
      length,
    };
  }
  const count = parameters(lead, second, third);
  if (count === 'more') return null;
  if (count === null) return unknown(bytes, at, 2);
  if (bytes.length - at < 2 + count) return null;
  return {
    name: `${prefix} ${SECONDS[second] ?? String.fromCharCode(second)}`,
    args: bytes.slice(at + 2, at + 2 + count),
    data: [],
    length: 2 + count,
  };
}

/** A whole stream as commands; what is left over at its end is one `UNKNOWN`. */
export function commandsOf(stream: Iterable<number>): Command[] {
  const bytes = [...stream];
  const commands: Command[] = [];
  for (let at = 0; at < bytes.length;) {
    const command = commandAt(bytes, at) ?? unknown(bytes, at, bytes.length - at);
    commands.push(command);
    at += command.length;
  }
  return commands;
}
