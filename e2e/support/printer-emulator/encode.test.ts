import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { ticketDocument, type TicketInput } from '@schalter/shared/documents/ticket.ts';
import { encodeDocument, type PaperMm } from '../../../kiosk/src/lib/printing/encode.ts';
import { commandsOf } from './commands.ts';
import { PrinterEmulator } from './emulator.ts';
import { DOTS_PER_MM, lineWidth } from './paper.ts';
import { textLines } from './render.ts';
import { TICKET, TICKET_80_DE } from './ticket.fixture.ts';

const PAPERS: readonly PaperMm[] = [58, 80];
const encode = (of: Partial<TicketInput>, paperMm: PaperMm = 80): Uint8Array =>
  encodeDocument(ticketDocument({ ...TICKET, ...of }), paperMm);

async function print(
  of: Partial<TicketInput>,
  paperMm: PaperMm = 80,
  kanji = false,
): Promise<PrinterEmulator> {
  const printer = new PrinterEmulator({ paperMm, kanji });
  await printer.receive(encode(of, paperMm));
  expect(printer.unknown).toEqual([]);
  expect(printer.tickets).toHaveLength(1);
  return printer;
}
const linesOf = (printer: PrinterEmulator): string[] => printer.tickets.flatMap(textLines);

describe('the ticket on paper', () => {
  test('[KI-02] number, service, people ahead, range, where to wait, the code of the live page, house and time', async () => {
    expect(linesOf(await print({}))).toEqual([
      'Zürich Flughafen',
      'Reservierung abholen',
      'B042',
      'Wartezeit: 4–7 min',
      '2 Personen vor Ihnen',
      'Bitte nehmen Sie links Platz.',
      `[QR ${TICKET.link}]`,
      'Code scannen und mitverfolgen',
      '─'.repeat(48),
      '20.05.2026  10:32',
    ]);
  });

  test('[HW-08] [KI-02] byte for byte, so that no change of an encoder goes unseen', () => {
    expect(
      Buffer.from(encode({}))
        .toString('hex')
        .match(/.{1,64}/g),
    ).toEqual(TICKET_80_DE);
  });

  test('[HW-02] [PR2] on 58 and 80 mm the number is at least 15 mm high and everything fits its line', async () => {
    for (const paperMm of PAPERS) {
      for (const number of ['A1', 'B042', 'M1203']) {
        const printer = await print(
          { number, serviceName: 'Fahrzeugrückgabe ausserhalb der Öffnungszeiten' },
          paperMm,
        );
        const lines = printer.tickets[0]?.items.filter((item) => item.kind === 'line') ?? [];
        const tallest = Math.max(...lines.map((line) => line.heightDots));
        const called = lines.find((line) => line.heightDots === tallest);
        expect(
          called?.cells
            .map((cell) => cell.character)
            .join('')
            .trim(),
        ).toBe(number);
        // A digit fills about 17 of the 24 dots of its cell.
        expect((tallest * 17) / 24 / DOTS_PER_MM).toBeGreaterThanOrEqual(15);
        for (const line of lines) expect(lineWidth(line.cells)).toBeLessThanOrEqual(printer.paperDots);
      }
    }
  });

  test('[PR5] after a ticket, a pulse hidden in any data does not open the drawer', async () => {
    const printer = await print({});
    await printer.receive([0x10, 0x14, 0x01, 0x00, 0x05]);
    expect(printer.pulses).toEqual([]);
    expect(
      commandsOf(encode({}))
        .slice(0, 4)
        .map(({ name }) => name),
    ).toEqual(['ESC @', 'FS .', 'ESC R', 'GS ( D']);
  });

  test('[HW-02] [PR4] umlauts, accents, apostrophes, CHF and € come out in all languages, on Asian firmware as well', async () => {
    const said = 'CHF 1’234.50 € «œuvre» ÄÖÜ äöü àèéêç ß';
    for (const language of LANGUAGES) {
      for (const kanji of [false, true]) {
        const lines = linesOf(await print({ language, waitingArea: said }, 80, kanji));
        expect(lines).toContain(said);
        expect(lines.join('')).not.toMatch(/[?□\ufffd]/);
      }
    }
  });

  test('[HW-02] [PR4] letters that the code page has not are printed as their nearest, never dropped', async () => {
    const lines = linesOf(await print({ houseName: 'Łódź Ștefan Đorđe Ağaoğlu 東京' }));
    expect(lines[0]).toBe('Lódz Stefan Dorde Agaoglu ??');
  });

  test('[HW-02] [PR2] the code fits both papers with its white margin', async () => {
    for (const paperMm of PAPERS) {
      for (const link of [TICKET.link, `https://schalter.example/${'a'.repeat(175)}`]) {
        const printer = await print({ link }, paperMm);
        const code = printer.tickets[0]?.items.find((item) => item.kind === 'qr');
        const { qrPath } = await import('@schalter/shared/ui/qr-path.ts');
        expect(code?.value).toBe(link);
        expect(code?.level).toBe('M');
        expect(qrPath(link).size * (code?.module ?? 0)).toBeLessThanOrEqual(printer.paperDots);
      }
    }
  });
});

/** The commands of a ticket with their parameters, without its letters and line ends. */
const commandsIn = (bytes: Uint8Array): string[] =>
  commandsOf(bytes)
    .filter(({ name }) => name !== 'TEXT' && name !== 'LF')
    .map(({ name, args, data }) => `${name} ${args.join()} ${data.join()}`);
/** Size, weight and code page come again where a text goes on in the next line; the others come once. */
const isStyle = (command: string): boolean => /^(GS !|ESC E|ESC t) /.test(command);

describe('no text becomes a command', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc
      .array(
        fc.constantFrom(
          '\u001bp\u0000\u0019\u00fa',
          '\u0010\u0014\u0001\u0000\u0005',
          '\u001dV\u0001',
          '\u001b@',
          'a',
          ' ',
          '\u009b',
          '\u202e',
        ),
        {
          maxLength: 40,
        },
      )
      .map((parts) => parts.join('')),
  );

  test('[HW-02] [PR3] whatever Unicode stands in a text, the stream has the commands of the ticket and no other', async () => {
    const plain = new Map(PAPERS.map((paperMm) => [paperMm, commandsIn(encode({}, paperMm))]));
    await fc.assert(
      fc.asyncProperty(
        hostile,
        hostile,
        hostile,
        fc.constantFrom(...PAPERS),
        async (houseName, serviceName, waitingArea, paperMm) => {
          const texts = {
            houseName: `a${houseName}`,
            serviceName: `b${serviceName}`,
            waitingArea: `c${waitingArea}`,
          };
          const bytes = encode(texts, paperMm);
          const commands = commandsIn(bytes);
          const usual = plain.get(paperMm) ?? [];
          expect(commands.filter((c) => !isStyle(c))).toEqual(usual.filter((c) => !isStyle(c)));
          expect(commands.filter((c) => isStyle(c) && !usual.includes(c))).toEqual([]);
          const printer = new PrinterEmulator({ paperMm });
          await printer.receive(bytes);
          expect(printer.unknown).toEqual([]);
          expect(printer.pulses).toEqual([]);
          expect(printer.tickets).toHaveLength(1);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('[HW-02] [PR3] a name of 10,000 characters is a short line, not a metre of paper', async () => {
    const printer = await print({
      houseName: 'x'.repeat(10_000),
      serviceName: '\u001bp'.repeat(5_000),
      waitingArea: '😀'.repeat(10_000),
    });
    const dots = printer.tickets[0]?.items.reduce(
      (sum, item) => sum + (item.kind === 'line' ? item.heightDots : 0),
      0,
    );
    expect((dots ?? Infinity) / DOTS_PER_MM).toBeLessThan(200);
  });
});
