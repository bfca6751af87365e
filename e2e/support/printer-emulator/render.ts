import { qrPath } from '@schalter/shared/ui/qr-path.ts';
import { lineWidth, type Align, type Cell, type PrintedItem, type PrintedTicket } from './paper.ts';

/** What can be read on a ticket, line by line, without the blanks around; codes in brackets. */
export function textLines({ items }: PrintedTicket): string[] {
  const lines = items.map((item) => {
    switch (item.kind) {
      case 'line':
        return item.cells
          .map((cell) => cell.character)
          .join('')
          .trim();
      case 'qr':
        return `[QR ${item.value}]`;
      case 'barcode':
        return `[barcode ${item.value}]`;
      case 'image':
        return `[image ${item.widthDots}x${item.heightDots}]`;
      case 'feed':
        return '';
    }
  });
  return lines.filter((line) => line !== '');
}

const MARGIN = 32;
/** Where the baseline lies in a character's cell. */
const BASELINE = 0.78;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const left = (align: Align, width: number, paper: number): number =>
  align === 'center' ? Math.floor((paper - width) / 2) : align === 'right' ? paper - width : 0;

function drawCell(cell: Cell, x: number, bottom: number): string {
  const width = cell.wide * cell.dots.width;
  const height = cell.high * cell.dots.height;
  const ground = cell.inverted
    ? `<rect x="${x}" y="${bottom - height}" width="${width}" height="${height}"/>`
    : '';
  const line = cell.underlined ? `<rect x="${x}" y="${bottom - 2}" width="${width}" height="2"/>` : '';
  if (cell.character === ' ') return ground + line;
  const scale = `translate(${x} ${bottom - height * (1 - BASELINE)}) scale(${cell.wide} ${cell.high})`;
  const style = `${cell.bold ? ' font-weight="700"' : ''}${cell.inverted ? ' fill="#fff"' : ''}`;
  return `${ground}${line}<text transform="${scale}"${style} textLength="${cell.dots.width}" lengthAdjust="spacingAndGlyphs">${escaped(cell.character)}</text>`;
}

function drawItem(
  item: PrintedItem,
  top: number,
  paper: number,
): { readonly svg: string; readonly height: number } {
  switch (item.kind) {
    case 'line': {
      let x = left(item.align, lineWidth(item.cells), paper);
      const svg = item.cells.map((cell) => {
        const drawn = drawCell(cell, x, top + item.heightDots);
        x += cell.wide * cell.dots.width;
        return drawn;
      });
      return { svg: svg.join(''), height: item.heightDots };
    }
    case 'qr': {
      const { size, path } = qrPath(item.value);
      const width = size * item.module;
      const place = `translate(${left(item.align, width, paper)} ${top}) scale(${item.module})`;
      return { svg: `<path transform="${place}" d="${path}"/>`, height: width };
    }
    case 'image': {
      const x = left(item.align, item.widthDots, paper);
      const dots = item.bits.map((bit, i) =>
        bit === 0 ? '' : `M${x + (i % item.widthDots)} ${top + Math.floor(i / item.widthDots)}h1v1h-1z`,
      );
      return { svg: `<path d="${dots.join('')}"/>`, height: item.heightDots };
    }
    case 'barcode':
      return {
        svg: `<text transform="translate(0 ${top + 40})">[${escaped(item.value)}]</text>`,
        height: 60,
      };
    case 'feed':
      return { svg: '', height: item.dots };
  }
}

/** A ticket as a picture, one unit per dot of the head. */
export function ticketSvg({ items }: PrintedTicket, paperDots: number): string {
  let height = MARGIN;
  let body = '';
  for (const item of items) {
    const drawn = drawItem(item, height, paperDots);
    body += drawn.svg;
    height += drawn.height;
  }
  const [width, total] = [paperDots + 2 * MARGIN, height + MARGIN];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="${-MARGIN} 0 ${width} ${total}">` +
    `<rect x="${-MARGIN}" width="${width}" height="${total}" fill="#fff"/>` +
    `<g font-family="monospace" font-size="20" fill="#000" xml:space="preserve">${body}</g></svg>`
  );
}
