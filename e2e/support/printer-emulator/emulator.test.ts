import { describe, expect, test } from 'vitest';
import { PrinterEmulator } from './emulator.ts';
import { textLines, ticketSvg } from './render.ts';

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const RESET = [0x1b, 0x40];
const CUT = [0x1d, 0x56, 0x01];

function listen(printer: PrinterEmulator): number[] {
  const heard: number[] = [];
  printer.onSend = (bytes) => heard.push(...bytes);
  return heard;
}

/** Everything at once, and cut at every place: a printer must not notice the difference. */
async function linesOf(stream: number[], profile = {}): Promise<string[]> {
  const whole = new PrinterEmulator(profile);
  await whole.receive(stream);
  const single = new PrinterEmulator(profile);
  for (const byte of stream) await single.receive([byte]);
  const lines = whole.tickets.flatMap(textLines);
  expect(single.tickets.flatMap(textLines)).toEqual(lines);
  expect(whole.unknown).toEqual([]);
  return lines;
}

describe('[HW-08] the emulator puts on paper what a printer would', () => {
  test('text under the code page that was chosen', async () => {
    const text = [0x80, 0xfc, 0x92, 0x0a];
    expect(await linesOf([...RESET, 0x1b, 0x74, 16, ...text, ...CUT])).toEqual(['€ü’']);
    expect(await linesOf([...RESET, 0x1b, 0x74, 0, ...text, ...CUT])).toEqual(['ÇⁿÆ']);
    expect(await linesOf([...RESET, 0x1b, 0x74, 19, 0xd5, 0x81, 0x0a, ...CUT])).toEqual(['€ü']);
    expect(await linesOf([...RESET, 0x1b, 0x74, 2, 0xd5, 0x81, 0x0a, ...CUT])).toEqual(['ıü']);
  });

  test('Asian firmware reads pairs until FS . is sent', async () => {
    const text = [0x1b, 0x74, 16, 0xfc, 0x41, 0x0a, ...CUT];
    expect(await linesOf([...RESET, ...text], { kanji: true })).toEqual(['□']);
    expect(await linesOf([...RESET, 0x1c, 0x2e, ...text], { kanji: true })).toEqual(['üA']);
  });

  test('sizes, weight and place, and a line that is full goes on below', async () => {
    const printer = new PrinterEmulator({ paperMm: 58 });
    await printer.receive([
      ...RESET,
      0x1b,
      0x61,
      1,
      0x1b,
      0x45,
      1,
      0x1d,
      0x21,
      0x75,
      ...ascii('A12345'),
      0x0a,
      ...CUT,
    ]);
    const lines = printer.tickets[0]?.items.filter((item) => item.kind === 'line') ?? [];
    expect(lines.map((line) => line.cells.map((cell) => cell.character).join(''))).toEqual(['A123', '45']);
    expect(lines[0]).toMatchObject({ align: 'center', heightDots: 144 });
    expect(lines[0]?.cells[0]).toMatchObject({ wide: 8, high: 6, bold: true });
  });

  test('QR codes, rasters, pulses and cuts', async () => {
    const printer = new PrinterEmulator();
    const value = ascii('https://x.example/t/1');
    const qr = (...body: number[]): number[] => [0x1d, 0x28, 0x6b, body.length, 0, ...body];
    await printer.receive([
      ...RESET,
      ...qr(49, 67, 6),
      ...qr(49, 69, 49),
      ...qr(49, 80, 48, ...value),
      ...qr(49, 81, 48),
      ...[0x1d, 0x76, 0x30, 0, 1, 0, 2, 0, 0xf0, 0x0f],
      ...[0x1b, 0x70, 0, 0x32, 0xfa],
      ...[0x1d, 0x56, 0x42, 0],
    ]);
    expect(printer.tickets).toHaveLength(1);
    expect(printer.tickets[0]?.items).toEqual([
      { kind: 'qr', value: 'https://x.example/t/1', module: 6, level: 'M', align: 'left' },
      {
        kind: 'image',
        widthDots: 8,
        heightDots: 2,
        align: 'left',
        bits: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
      },
    ]);
    expect(printer.pulses).toEqual([{ by: 'ESC p', pin: 2 }]);
    expect(printer.unknown).toEqual([]);
  });

  test('as a picture, with nothing of the text read as markup', async () => {
    const printer = new PrinterEmulator();
    await printer.receive([...RESET, ...ascii('<b>&'), 0x0a, ...CUT]);
    const svg = ticketSvg(printer.tickets[0] ?? printer.uncut, printer.paperDots);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(svg).toContain('&#60;');
    expect(svg).not.toContain('<b>');
  });

  test('what it does not know is kept, so that a test can refuse it', async () => {
    const printer = new PrinterEmulator();
    await printer.receive([0x1b, 0x99, 0x07]);
    expect(printer.unknown.map((command) => command.args)).toEqual([[0x1b, 0x99], [0x07]]);
  });
});

describe('[HW-08] the emulator answers as a printer would', () => {
  test('[HW-04] DLE EOT, also while it prints nothing', async () => {
    const printer = new PrinterEmulator();
    const heard = listen(printer);
    await printer.receive([0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 4]);
    expect(heard.splice(0)).toEqual([0x16, 0x12, 0x12]);
    printer.setCover(true);
    await printer.receive([0x10, 0x04, 1, 0x10, 0x04, 2]);
    expect(heard.splice(0)).toEqual([0x1e, 0x16]);
    printer.setCover(false);
    printer.setPaper('end');
    await printer.receive([0x10, 0x04, 4]);
    expect(heard.splice(0)).toEqual([0x7e]);
    printer.setPaper('nearEnd');
    await printer.receive([0x10, 0x04, 4]);
    expect(heard.splice(0)).toEqual([0x1e]);
  });

  test('[HW-04] automatic status, once it is asked for: cover, paper and drawer', async () => {
    const printer = new PrinterEmulator();
    const heard = listen(printer);
    printer.setCover(true);
    expect(heard).toEqual([]);
    printer.setCover(false);
    await printer.receive([0x1d, 0x61, 0x0f]);
    expect(heard.splice(0)).toEqual([0x14, 0, 0, 0]);
    printer.setPaper('nearEnd');
    expect(heard.splice(0)).toEqual([0x14, 0, 0x03, 0]);
    printer.setCover(true);
    expect(heard.splice(0)).toEqual([0x3c, 0, 0x03, 0]);
    printer.setCover(false);
    printer.setDrawer(true);
    expect(heard.splice(0)).toEqual([0x14, 0, 0x03, 0, 0x10, 0, 0x03, 0]);
  });

  test('GS ( H when everything before it is on paper, GS r in turn, GS I', async () => {
    const printer = new PrinterEmulator();
    const heard = listen(printer);
    await printer.receive([0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, ...ascii('@ABC')]);
    expect(heard.splice(0)).toEqual([0x37, 0x22, ...ascii('@ABC'), 0]);
    await printer.receive([0x1d, 0x72, 1, 0x1d, 0x49, 0x44]);
    expect(heard.splice(0)).toEqual([0, 0x5f, ...ascii('E0000001'), 0]);
  });

  test('without paper it holds everything back, and goes on when there is some', async () => {
    const printer = new PrinterEmulator();
    const heard = listen(printer);
    printer.faults.paperEndsAfterLines = 1;
    await printer.receive([...RESET, ...ascii('a'), 0x0a, ...ascii('b'), 0x0a, ...CUT]);
    await printer.receive([0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, ...ascii('@ABC')]);
    expect(printer.tickets).toHaveLength(0);
    expect(textLines(printer.uncut)).toEqual(['a']);
    expect(heard).toEqual([]);
    printer.setPaper('full');
    expect(printer.tickets.map(textLines)).toEqual([['a', 'b']]);
    expect(heard).toEqual([0x37, 0x22, ...ascii('@ABC'), 0]);
  });
});

describe('[HW-08] the emulator misbehaves on request', () => {
  test('a pulse hidden in a picture opens the drawer, until GS ( D forbids it', async () => {
    const raster = [0x1d, 0x76, 0x30, 0, 5, 0, 1, 0, 0x10, 0x14, 0x01, 0x00, 0x05];
    const printer = new PrinterEmulator();
    await printer.receive(raster);
    expect(printer.pulses).toEqual([{ by: 'DLE DC4', pin: 2 }]);
    await printer.receive([0x1d, 0x28, 0x44, 5, 0, 0x14, 1, 0, 2, 0, ...raster]);
    expect(printer.pulses).toHaveLength(1);
  });

  test('a cable that comes off, a buffer that is full, a printer that is mute', async () => {
    const printer = new PrinterEmulator();
    const heard = listen(printer);
    let dropped = false;
    printer.onDrop = () => (dropped = true);
    printer.faults.dropAfterBytes = 3;
    await printer.receive(ascii('abcdef'));
    expect([printer.received.length, dropped]).toEqual([3, true]);

    printer.faults.stallAfterBytes = 2;
    let taken = false;
    const writing = printer.receive(ascii('xyz')).then(() => (taken = true));
    await Promise.resolve();
    expect([printer.received.length, taken]).toEqual([5, false]);
    printer.release();
    await writing;
    expect(printer.received.length).toBe(6);

    printer.faults.mute = true;
    await printer.receive([0x10, 0x04, 1]);
    expect(heard).toEqual([]);
  });

  test('XON and XOFF between the bytes of an answer, a clone without GS (', async () => {
    const printer = new PrinterEmulator({ knowsGsParenthesis: false });
    const heard = listen(printer);
    printer.faults.flowBytes = true;
    await printer.receive([0x10, 0x04, 1]);
    expect(heard).toEqual([0x13, 0x16, 0x11]);
    await printer.receive([0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, ...ascii('@ABC'), 0x0a, ...CUT]);
    expect(printer.tickets.map(textLines)).toEqual([['H00@ABC']]);
  });
});
