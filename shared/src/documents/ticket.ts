import { formatDay, formatRange, formatTime } from '../i18n/format.ts';
import { createWords } from '../i18n/words.ts';
import type { WaitRange } from '../kernel/protocol.ts';
import type { Language } from '../kernel/text.ts';
import type { PrintBlock, PrintDocument } from './document.ts';
import { ticketMessages } from './messages.ts';
import { printable, printableLink } from './printable.ts';

export interface TicketInput {
  /** The visit's id: one ticket per visit is printed. */
  readonly id: string;
  readonly language: Language;
  /** As it is called: "B042". */
  readonly number: string;
  readonly serviceName: string;
  /** null where it is not known (no network): then the paper does not say it. */
  readonly ahead: number | null;
  readonly range: WaitRange | null;
  /** Where to wait; empty where the house has not said. */
  readonly waitingArea: string;
  readonly issuedAt: string;
  readonly timeZone: string;
  /** The customer's live page. */
  readonly link: string;
  readonly houseName: string;
}

/** The longest that still fits its place on 58 mm paper. */
const MAX = { house: 60, service: 60, area: 120, number: 6, link: 200 } as const;
/** Below this nobody can still buy a coffee, so the paper says "soon" instead of minutes. */
const SOON_MIN = 1;

const text = (value: string, size: 'normal' | 'large', strong: boolean): readonly PrintBlock[] =>
  value === '' ? [] : [{ kind: 'text', text: value, size, strong }];

/** The ticket that a customer takes from the kiosk: number, service, how long, where, the code to follow it. */
export function ticketDocument(input: TicketInput): PrintDocument {
  const { language, range, ahead } = input;
  const t = createWords(ticketMessages, language);
  const link = printableLink(input.link, MAX.link);
  const wait =
    range === null
      ? ''
      : range.highMin <= SOON_MIN
        ? t('soon')
        : t('wait', { range: formatRange(range, language) });
  const area = printable(input.waitingArea, MAX.area);
  const issued = `${formatDay(input.issuedAt, language, input.timeZone)}  ${formatTime(input.issuedAt, language, input.timeZone)}`;

  const blocks: PrintBlock[] = [
    ...text(printable(input.houseName, MAX.house), 'normal', true),
    { kind: 'gap' },
    ...text(printable(input.serviceName, MAX.service), 'large', false),
    { kind: 'gap' },
    { kind: 'number', text: input.number.replace(/[^A-Z0-9]/g, '').slice(0, MAX.number) },
    { kind: 'gap' },
    ...text(wait, 'large', true),
    ...text(ahead === null ? '' : t('ahead', { n: ahead }), 'normal', false),
    { kind: 'gap' },
    ...text(area === '' ? t('watch') : area, 'normal', false),
  ];
  if (link !== null) {
    blocks.push({ kind: 'gap' }, { kind: 'qr', value: link }, ...text(t('follow'), 'normal', false));
  }
  blocks.push({ kind: 'rule' }, ...text(issued, 'normal', false));
  return { id: input.id, language, blocks };
}
