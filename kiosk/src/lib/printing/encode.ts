import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import type { PrintBlock, PrintDocument } from '@schalter/shared/documents/document.ts';
import { toWindows1252 } from './windows1252.ts';

export type PaperMm = 58 | 80;

/** Columns of font A (12 dots wide) in the printable width: 384 and 576 dots at 8 dots a millimetre. */
const COLUMNS: Readonly<Record<PaperMm, number>> = { 58: 32, 80: 48 };
/** Font A is 24 dots high: eight times is 24 mm, its digits about 17 mm, well above the 15 mm that are asked. */
const NUMBER_HEIGHT = 8;
const NUMBER_WIDTH_MAX = 7;
/** Lines from the head to the cutter's blade; less would cut through the last line. */
const FEED_BEFORE_CUT = 4;
/** Dots per module of the QR code: 0.75 mm reads well at arm's length; a long address has more modules. */
const QR_MODULE = { short: 6, long: 4 } as const;
/** Up to here a code at level M has at most 45 modules, 270 dots. */
const QR_SHORT_MAX = 100;

/**
 * How every ticket begins, whatever was printed before it.
 * ESC @ clears; FS . makes bytes above 7F characters instead of halves of Kanji; ESC R 0 keeps [ ] { } and # from
 * a national set. GS ( D switches off the real-time commands for the drawer's pulse and for power-off, which a
 * printer obeys inside any data.
 */
const BEGIN = [
  0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x52, 0x00, 0x1d, 0x28, 0x44, 0x05, 0x00, 0x14, 0x01, 0x00, 0x02, 0x00,
];

function put(encoder: ReceiptPrinterEncoder, block: PrintBlock, columns: number): void {
  switch (block.kind) {
    case 'text': {
      const scale = block.size === 'large' ? 2 : 1;
      encoder.bold(block.strong).size(scale, scale).line(toWindows1252(block.text)).size(1, 1).bold(false);
      return;
    }
    case 'number': {
      const text = toWindows1252(block.text);
      const width = Math.min(NUMBER_WIDTH_MAX, Math.floor(columns / Math.max(1, text.length)));
      encoder.bold(true).size(width, NUMBER_HEIGHT).line(text).size(1, 1).bold(false);
      return;
    }
    case 'qr': {
      const size = block.value.length <= QR_SHORT_MAX ? QR_MODULE.short : QR_MODULE.long;
      encoder.qrcode(block.value, { model: 2, size, errorlevel: 'm' });
      return;
    }
    case 'rule':
      encoder.rule();
      return;
    case 'gap':
      encoder.newline();
      return;
  }
}

/** A document as the bytes of one job: begin, content, feed and cut. */
export function encodeDocument(document: PrintDocument, paperMm: PaperMm): Uint8Array {
  const columns = COLUMNS[paperMm];
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    codepageMapping: 'epson',
    columns,
    newline: '\n',
    feedBeforeCut: FEED_BEFORE_CUT,
  });
  encoder.codepage('windows1252').align('center');
  for (const block of document.blocks) put(encoder, block, columns);
  return Uint8Array.from([...BEGIN, ...encoder.cut('partial').encode()]);
}
