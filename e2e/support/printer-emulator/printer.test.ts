import { afterEach, describe, expect, test } from 'vitest';
import { ticketDocument } from '@schalter/shared/documents/ticket.ts';
import { createPrinter, type Printer, type PrinterState } from '../../../kiosk/src/lib/printing/printer.ts';
import type { SerialLike } from '../../../kiosk/src/lib/printing/serial.ts';
import { commandsOf } from './commands.ts';
import { PrinterEmulator, type PrinterProfile } from './emulator.ts';
import { textLines } from './render.ts';
import { createSerialHost, type SerialHost } from './serial-host.ts';
import { TICKET } from './ticket.fixture.ts';
import { createVirtualSerial } from './virtual-serial.ts';

/** As long as nothing is meant to be late, everything is answered within a millisecond. */
const TIMING = { replyMs: 150, completionMs: 800, faultGraceMs: 100, pollMs: 50 };

interface Bench {
  readonly device: PrinterEmulator;
  readonly host: SerialHost;
  readonly printer: Printer;
  readonly states: PrinterState[];
  readonly memory: Map<string, string>;
}
const open: Printer[] = [];
afterEach(() => Promise.all(open.splice(0).map((printer) => printer.close())));

interface Setup {
  profile?: Partial<PrinterProfile>;
  baudRate?: number | null;
  granted?: boolean;
  gesture?: boolean;
  memory?: Map<string, string>;
  timing?: Partial<typeof TIMING>;
}

function bench({
  profile,
  baudRate = null,
  granted = true,
  gesture = true,
  memory = new Map(),
  timing,
}: Setup = {}): Bench {
  const device = new PrinterEmulator(profile);
  const host = createSerialHost(device, baudRate);
  if (granted) host.grant();
  const virtual = createVirtualSerial(host.bridge, () => gesture);
  host.attach(virtual);
  const states: PrinterState[] = [];
  const printer = createPrinter({
    serial: virtual.serial as SerialLike,
    now: () => 1_747_729_920_000,
    onState: (state) => states.push(state),
    memory: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
    },
    timing: { ...TIMING, ...timing },
  });
  open.push(printer);
  return { device, host, printer, states, memory };
}

const ticket = (number: string): ReturnType<typeof ticketDocument> =>
  ticketDocument({ ...TICKET, id: `visit-${number}`, number });
const numbersOn = (device: PrinterEmulator): string[] =>
  device.tickets.map((printed) => textLines(printed).find((line) => /^[A-Z]\d+$/.test(line)) ?? '?');
const until = (printer: Printer, state: PrinterState): Promise<void> =>
  expect.poll(() => printer.state, { timeout: 2_000, interval: 2 }).toBe(state);

describe('printing a ticket', () => {
  test('[KI-02] [PR9] a ticket is printed only when the printer has said that it came out', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'printed' });
    expect(numbersOn(device)).toEqual(['B042']);
    expect(device.unknown).toEqual([]);
    expect(device.pulses).toEqual([]);
  });

  test('[KI-02] within 3 s at 38,400 baud: its bytes take less than a second', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    const before = device.received.length;
    await printer.print(ticket('B042'), 80);
    // Ten bits a byte.
    expect(((device.received.length - before) * 10) / 38_400).toBeLessThan(1);
  });

  test('several tickets come out in the order in which they were asked for', async () => {
    const { device, printer } = bench();
    const numbers = ['B001', 'M002', 'R003', 'I004'];
    const outcomes = await Promise.all(numbers.map((number) => printer.print(ticket(number), 80)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['printed', 'printed', 'printed', 'printed']);
    expect(numbersOn(device)).toEqual(numbers);
  });

  test('[KI-02] [PR10] asked twice for the same ticket, it prints it once', async () => {
    const { device, printer } = bench();
    const [first, second] = await Promise.all([
      printer.print(ticket('B042'), 80),
      printer.print(ticket('B042'), 80),
    ]);
    expect([first, second, await printer.print(ticket('B042'), 80)].map((o) => o.kind)).toEqual(
      Array(3).fill('printed'),
    );
    expect(numbersOn(device)).toEqual(['B042']);
  });

  test('[HW-02] [PR9] a printer without GS ( is confirmed by GS r, and one without either is not known', async () => {
    const queued = bench({ profile: { knowsGsParenthesis: false, paperMm: 58 } });
    expect(await queued.printer.print(ticket('B042'), 58)).toEqual({ kind: 'printed' });
    expect(numbersOn(queued.device)).toEqual(['B042']);

    const silent = bench({ profile: { knowsGsParenthesis: false, knowsQueuedStatus: false } });
    const outcome = await silent.printer.print(ticket('B042'), 80);
    expect(outcome.kind).toBe('unknown');
    expect(numbersOn(silent.device)).toEqual(['B042']);
  });

  test('[PR8] the ids of jobs differ, and no character of one can be taken for a status byte', async () => {
    const { device, printer } = bench();
    for (let n = 0; n < 40; n++) await printer.print(ticket(`B${100 + n}`), 80);
    const ids = commandsOf(device.received)
      .filter(({ name }) => name === 'GS ( H')
      .map(({ data }) => data.slice(2));
    expect(new Set(ids.map((id) => id.join())).size).toBe(41);
    expect(ids.flat().filter((byte) => [0x10, 0x12].includes(byte & 0x93))).toEqual([]);
  });

  test('[PR7] XON and XOFF between the bytes of every answer change nothing', async () => {
    const { device, printer } = bench();
    device.faults.flowBytes = true;
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'printed' });
  });
});

describe('the printer that can not print', () => {
  test('[KI-06] [HW-04] [PR6] [PR14] out of paper: said at once, not a byte of the ticket leaves, and with new paper it prints', async () => {
    const { device, printer, states } = bench({ timing: { pollMs: 60_000 } });
    await until(printer, 'ready');
    await expect.poll(() => device.received.slice(-3)).toEqual([0x1d, 0x61, 0x0e]);
    device.setPaper('end');
    await until(printer, 'paperOut');
    const before = device.received.length;
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'notPrinted', state: 'paperOut' });
    expect(device.received.slice(before).join()).toBe([16, 4, 1, 16, 4, 2, 16, 4, 4].join());
    device.setPaper('full');
    await until(printer, 'ready');
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'printed' });
    expect(numbersOn(device)).toEqual(['B042']);
    expect(states).toEqual(['notChosen', 'ready', 'paperOut', 'ready']);
  });

  test('[HW-04] [PR14] the cover open is told apart from paper out, and nearly out is still ready', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    device.setCover(true);
    await until(printer, 'coverOpen');
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'notPrinted', state: 'coverOpen' });
    device.setCover(false);
    device.setPaper('nearEnd');
    await until(printer, 'ready');
    expect(await printer.print(ticket('B043'), 80)).toEqual({ kind: 'printed' });
  });

  test('[HW-04] [PR14] a printer that does not speak by itself is asked', async () => {
    const { device, printer } = bench({ profile: { knowsAutomaticStatus: false } });
    await until(printer, 'ready');
    device.setPaper('end');
    await until(printer, 'paperOut');
  });

  test('[KI-06] [PR14] switched off it is offline, and found again when it is back', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    device.faults.mute = true;
    await until(printer, 'offline');
    const started = performance.now();
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'notPrinted', state: 'offline' });
    expect(performance.now() - started).toBeLessThan(4 * TIMING.replyMs);
    device.faults.mute = false;
    await until(printer, 'ready');
  });

  test('[KI-06] [PR15] unplugged it is disconnected, and plugged in again it prints without asking anybody', async () => {
    const { device, host, printer, memory } = bench({ gesture: false, timing: { pollMs: 60_000 } });
    await until(printer, 'ready');
    host.unplug();
    await until(printer, 'disconnected');
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'notPrinted', state: 'disconnected' });
    host.plug();
    await until(printer, 'ready');
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'printed' });
    expect(numbersOn(device)).toEqual(['B042']);
    expect([...memory.values()]).toEqual(['38400']);
  });

  test('[KI-06] [PR14] a browser without Web Serial says so', async () => {
    const states: PrinterState[] = [];
    const memory = { getItem: () => null, setItem: () => undefined };
    const printer = createPrinter({
      serial: null,
      now: () => 0,
      onState: (state) => states.push(state),
      memory,
    });
    open.push(printer);
    expect(await printer.print(ticket('B042'), 80)).toEqual({ kind: 'notPrinted', state: 'unsupported' });
    expect(await printer.choose()).toBe(false);
    expect(states).toEqual(['unsupported']);
  });
});

describe('a ticket that broke off is never sent again', () => {
  test('[KI-06] [PR10] the cable comes off at any byte: printed or not known, but never twice', async () => {
    for (const after of [0, 1, 17, 80, 200, 390]) {
      const { device, host, printer } = bench();
      await until(printer, 'ready');
      await printer.print(ticket('A001'), 80);
      // The pre-flight's nine bytes come first.
      device.faults.dropAfterBytes = 9 + after;
      const outcome = await printer.print(ticket('B042'), 80);
      expect(outcome.kind).toBe('unknown');
      host.plug();
      await until(printer, 'ready');
      expect((await printer.print(ticket('B042'), 80)).kind).toBe('unknown');
      expect(await printer.print(ticket('M017'), 80)).toEqual({ kind: 'printed' });
      expect(numbersOn(device).filter((number) => number === 'B042').length).toBeLessThanOrEqual(1);
      expect(numbersOn(device).at(-1)).toBe('M017');
    }
  });

  test('[PR11] an acknowledgement that never comes is not known, one that comes late still counts', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    await printer.print(ticket('A001'), 80);
    device.faults.acknowledge = 'never';
    const never = await printer.print(ticket('B042'), 80);
    expect(never.kind).toBe('unknown');

    device.faults.acknowledge = { afterMs: TIMING.completionMs + 50 };
    const late = await printer.print(ticket('B043'), 80);
    expect(late.kind).toBe('unknown');
    if (late.kind === 'unknown') expect(await late.later).toBe(true);
    device.faults.acknowledge = 'now';
    expect(await printer.print(ticket('B044'), 80)).toEqual({ kind: 'printed' });
    expect(numbersOn(device)).toEqual(['A001', 'B042', 'B043', 'B044']);
    await printer.close();
    if (never.kind === 'unknown') expect(await never.later).toBe(false);
  });

  test('[KI-06] [PR10] [PR11] paper that ends in the middle: not known soon, and the rest comes out on the new roll, once', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    await printer.print(ticket('A001'), 80);
    device.faults.paperEndsAfterLines = 5;
    const started = performance.now();
    const outcome = await printer.print(ticket('B042'), 80);
    expect(performance.now() - started).toBeLessThan(TIMING.completionMs);
    expect(outcome).toMatchObject({ kind: 'unknown', state: 'paperOut' });
    device.setPaper('full');
    if (outcome.kind === 'unknown') expect(await outcome.later).toBe(true);
    await until(printer, 'ready');
    expect(numbersOn(device)).toEqual(['A001', 'B042']);
  });

  test('[PR12] [PR13] a printer that stops taking bytes: not known, the port is opened anew, the next ticket is whole', async () => {
    const { device, printer } = bench();
    await until(printer, 'ready');
    await printer.print(ticket('A001'), 80);
    // In the middle of the QR code's data, which would swallow the beginning of the next ticket.
    device.faults.stallAfterBytes = 9 + 260;
    expect((await printer.print(ticket('B042'), 80)).kind).toBe('unknown');
    await until(printer, 'ready');
    expect(await printer.print(ticket('M017'), 80)).toEqual({ kind: 'printed' });
    // The torn ticket has been cut off; the next one hangs on nothing and lacks nothing.
    expect(numbersOn(device)).toEqual(['A001', 'B042', 'M017']);
    const [whole = [], torn = [], next] = device.tickets.map(textLines);
    expect(torn.length).toBeLessThan(whole.length);
    expect(next).toEqual(whole.map((line) => line.replace('A001', 'M017')));
  });
});

describe('finding the printer', () => {
  test('[PR15] it is chosen once, in a click; afterwards it is found without asking', async () => {
    const { host, printer } = bench({ granted: false });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(printer.state).toBe('notChosen');
    host.choice = 'nothing';
    expect(await printer.choose()).toBe(false);
    host.choice = 'printer';
    expect(await printer.choose()).toBe(true);
    await until(printer, 'ready');
  });

  test('[PR15] without a click the browser refuses, and nothing breaks', async () => {
    const { printer } = bench({ granted: false, gesture: false });
    expect(await printer.choose()).toBe(false);
    expect(printer.state).toBe('notChosen');
  });

  test('[PR15] the speed is found by asking, and remembered', async () => {
    const memory = new Map<string, string>();
    const first = bench({ baudRate: 115_200, memory });
    expect(await first.printer.print(ticket('B042'), 80)).toEqual({ kind: 'printed' });
    expect([...memory.values()]).toEqual(['115200']);
    await first.printer.close();
    const second = bench({ baudRate: 115_200, memory, timing: { replyMs: 1_000 } });
    const started = performance.now();
    await until(second.printer, 'ready');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('[PR15] a port that somebody else has open is tried again', async () => {
    const { host, printer } = bench();
    const { bridge } = host;
    const open = bridge.open.bind(bridge);
    let busy = true;
    bridge.open = (id, rate) =>
      busy ? Promise.reject(new DOMException('Failed to open serial port.', 'NetworkError')) : open(id, rate);
    await until(printer, 'offline');
    busy = false;
    await until(printer, 'ready');
  });
});
