import type { Signals } from '@schalter/shared/client/connection-state.ts';
import type { Translator } from '@schalter/shared/i18n/messages.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { DeviceSettings } from '@schalter/shared/platform/rows.ts';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import { ticketLabel, ticketOf } from '@schalter/shared/queue/select.ts';
import type { Flow, Issued, Problem } from './flow.ts';
import type { Help, Notice } from './modes.ts';
import { tilesOf, withoutBooking } from './offers.ts';
import type { PaperTruth } from './paper.ts';
import type { kioskMessages } from './texts.ts';
import type { Tile } from './tiles.ts';
import type { PhoneNumbers, QrComponent, Screen, TicketView } from './view.ts';

/** Sentences for what was refused, by language; fetched after the first screen stands. */
export type Sentences = Readonly<Record<Language, Readonly<Record<RejectionCode, string>>>>;

/** Whatever a screen is made of. Pure from here on. */
export interface Matter {
  readonly t: Translator<typeof kioskMessages>;
  readonly flow: Flow;
  readonly live: QueueLive;
  readonly settings: DeviceSettings | null;
  readonly estimates: Signals['estimates'];
  readonly now: string;
  readonly connected: boolean;
  /** Numbers are given: by the server, or of the kiosk's own. */
  readonly gives: boolean;
  readonly typed: { readonly reference: string; readonly lastName: string };
  /** What is missing in what was typed, or what a reader has read. */
  readonly hint: 'referenceMissing' | 'lastNameMissing' | 'scannedReference' | null;
  readonly paper: PaperTruth;
  readonly publicUrl: string;
  readonly sentences: Sentences | null;
  readonly numbers: PhoneNumbers | null;
  readonly Qr: QrComponent | null;
}

export function sentenceOf({ t, sentences }: Pick<Matter, 't' | 'sentences'>, problem: Problem): string {
  return sentences?.[t.language][problem.code] ?? t('unknownRefusal');
}

export function ticketView(matter: Matter, issued: Issued): TicketView {
  const { t, live, estimates, connected, paper, publicUrl } = matter;
  const { language } = t;
  const ticket = ticketOf(live, issued.visitId);
  const service = ticket?.service ?? live.rows.services.get(issued.serviceId);
  const [location] = live.rows.locations.values();
  const estimate = estimates?.tickets.find(({ visitId }) => visitId === issued.visitId);
  const { letter, digits } = ticketLabel(issued.series, issued.number);
  const isCalled = ticket?.stage.status === 'called' || ticket?.stage.status === 'serving';
  return {
    letter,
    digits,
    colour: service?.colour ?? null,
    serviceName: service?.name[language] ?? '',
    // Without the server nobody knows: then nothing is claimed.
    ahead: connected ? (estimate?.ahead ?? issued.ahead) : null,
    range: connected ? (estimate === undefined ? issued.range : estimate.range) : null,
    waitingArea: location?.waitingArea[language] ?? '',
    calledTo: isCalled ? (ticket.call?.counterName ?? null) : null,
    smsOptIn: issued.smsOptIn,
    smsLost: issued.smsLost === true,
    paper,
    link: `${publicUrl}/t#${issued.linkToken}`,
  };
}

const NO_HINT = { de: '', fr: '', it: '', en: '' };

/** Who waited when the line broke may have been served: nobody is sent away for it. Closed is closed. */
function unknownWait(tile: Tile): Tile {
  if (tile.state.kind === 'closed') return tile;
  // How a booking is found is of no use where nobody can look for it.
  const hint = tile.booked ? NO_HINT : tile.hint;
  return { ...tile, hint, state: { kind: 'open', ahead: null, range: null } };
}

export function screenOf(matter: Matter): Screen {
  const { t, flow, live, now } = matter;
  const [location] = live.rows.locations.values();
  switch (flow.step) {
    case 'choice': {
      const { connected, gives } = matter;
      const tiles = tilesOf(live, matter.settings, connected ? matter.estimates : null, now);
      const joinByPhone = connected && location?.joinByPhone === true;
      return { kind: 'choice', tiles: connected ? tiles : tiles.map(unknownWait), gives, joinByPhone };
    }
    case 'reservation': {
      const message =
        matter.hint !== null
          ? t(matter.hint)
          : flow.problem === null
            ? null
            : sentenceOf(matter, flow.problem);
      const canGoWithout = withoutBooking(live, matter.settings, now) !== null;
      return { kind: 'reservation', ...matter.typed, message, canGoWithout };
    }
    case 'contact':
      return {
        kind: 'contact',
        countries: location?.smsCountries ?? [],
        numbers: matter.numbers,
        phone: flow.phone,
        message: flow.problem === null ? null : sentenceOf(matter, flow.problem),
      };
    case 'issuing':
      return { kind: 'issuing', late: flow.late };
    case 'ticket':
      return { kind: 'ticket', ticket: ticketView(matter, flow.issued), Qr: matter.Qr };
    case 'refused':
      return { kind: 'refused', sentence: sentenceOf(matter, flow.problem) };
  }
}

export function noticeOf(t: Matter['t'], help: Help, voiceless: boolean): Notice | null {
  switch (help) {
    case 'called':
      return { text: t('helpCalled'), tone: 'good' };
    case 'coming':
      return { text: t('helpComing'), tone: 'good' };
    case 'failed':
      return { text: t('helpFailed'), tone: 'doubt' };
    case 'calling':
    case 'none':
      return voiceless ? { text: t('noVoice'), tone: 'doubt' } : null;
  }
}
