import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStatusParser, statusOfRealtime, type PrinterEvent } from './status-parser.ts';

const READY = {
  online: true,
  coverOpen: false,
  paperEnd: false,
  paperNearEnd: false,
  fault: false,
  drawerPinHigh: true,
};
const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

describe('the answers of a printer', () => {
  test('[PR7] an acknowledgement is not a status, though its bytes look like one', () => {
    const parser = createStatusParser();
    const events = parser.push(Uint8Array.of(0x37, 0x22, 0x30, 0x30, 0x30, 0x31, 0x00));
    expect(events).toEqual([{ kind: 'completed', id: '0001' }]);
  });

  test('[HW-04] paper end, near end, cover and drawer, as the printer says them by itself', () => {
    const parser = createStatusParser();
    const status = (...bytes: number[]): PrinterEvent[] => parser.push(Uint8Array.from(bytes));
    expect(status(0x14, 0, 0, 0)).toEqual([{ kind: 'status', status: READY }]);
    expect(status(0x1c, 0, 0x0f, 0)).toEqual([
      { kind: 'status', status: { ...READY, online: false, paperEnd: true, paperNearEnd: true } },
    ]);
    expect(status(0x38, 0, 0x03, 0x0f)).toEqual([
      {
        kind: 'status',
        status: { ...READY, online: false, coverOpen: true, paperNearEnd: true, drawerPinHigh: false },
      },
    ]);
    expect(status(0x1c, 0x08, 0, 0)).toEqual([
      { kind: 'status', status: { ...READY, online: false, fault: true } },
    ]);
  });

  test('[HW-04] the same from DLE EOT, whose bits lie elsewhere', () => {
    expect(statusOfRealtime(0x16, 0x12, 0x12)).toEqual(READY);
    expect(statusOfRealtime(0x1e, 0x16, 0x12)).toEqual({ ...READY, online: false, coverOpen: true });
    expect(statusOfRealtime(0x1e, 0x32, 0x7e)).toEqual({
      ...READY,
      online: false,
      paperEnd: true,
      paperNearEnd: true,
    });
    expect(statusOfRealtime(0x12, 0x52, 0x1e)).toEqual({
      ...READY,
      fault: true,
      paperNearEnd: true,
      drawerPinHigh: false,
    });
  });

  test('[PR7] an answer that nobody asked for is unknown, and noise does not swallow what follows', () => {
    const parser = createStatusParser();
    expect(parser.push(Uint8Array.of(0x12, 0x00))).toEqual([
      { kind: 'unknown', byte: 0x12 },
      { kind: 'unknown', byte: 0x00 },
    ]);
    parser.expectRealtime(1);
    const events = parser.push(Uint8Array.of(0x37, 0x22, 0x41, 0x16, 0x14, 0x16, 0x14, 0, 0, 0));
    expect(events.map((event) => event.kind)).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'realtime',
      'unknown',
      'unknown',
      'status',
    ]);
  });

  test('[PR7] [HW-08] however the bytes are cut and whatever flow control is between them, the events are the same', () => {
    const pieces = fc.constantFrom(
      [0x37, 0x22, ...ascii('@aOo'), 0x00],
      [0x14, 0x00, 0x00, 0x00],
      [0x3c, 0x00, 0x0f, 0x00],
      [0x5f, ...ascii('TM-T88V'), 0x00],
      [0x16],
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        (sent, chance) => {
          const expected = createStatusParser();
          const actual = createStatusParser();
          for (const parser of [expected, actual]) sent.forEach(() => parser.expectRealtime(1));
          const bytes = sent.flat();
          const whole = expected.push(Uint8Array.from(bytes));
          const cut: PrinterEvent[] = [];
          const chunk: number[] = [];
          for (const byte of bytes) {
            const roll = chance.next().value as number;
            if (roll === 0) chunk.push(0x13, 0x11);
            chunk.push(byte);
            if (roll > 2) cut.push(...actual.push(Uint8Array.from(chunk.splice(0))));
          }
          cut.push(...actual.push(Uint8Array.from(chunk)));
          expect(cut).toEqual(whole);
          expect(whole).toHaveLength(sent.length);
        },
      ),
    );
  });
});
