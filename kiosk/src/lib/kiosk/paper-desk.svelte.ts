import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { ownState } from '@schalter/shared/ui/device/state.ts';
import type { Printer, PrinterState } from '../printing/printer.ts';
import type { Issued } from './flow.ts';
import { expectedPaper, paperOf, type PaperTruth } from './paper.ts';
import type { TicketView } from './view.ts';

export interface PaperParts {
  readonly version: string;
  readonly send: (type: string, input: unknown) => Promise<Sent>;
  readonly isLive: () => boolean;
}

export interface TicketToPrint {
  readonly issued: Issued;
  readonly view: TicketView;
  readonly language: Language;
  readonly houseName: string;
  readonly timeZone: string;
  readonly paperMm: 58 | 80;
}

/** The printer, and the truth about the paper of the ticket on the screen. */
export class PaperDesk {
  readonly #parts: PaperParts;
  truth = $state.raw<PaperTruth>('noPrinter');
  #printer: Printer | null = null;
  #state: PrinterState = 'notChosen';
  #seen: string | null = null;
  #reported: string | null = null;
  #reporting = false;
  #visitId: string | null = null;

  constructor(parts: PaperParts) {
    this.#parts = parts;
  }

  /** After the first screen stands: nobody has a ticket before that. */
  async start(): Promise<void> {
    if (this.#printer !== null) return;
    const [{ createPrinter }, { findSerial }] = await Promise.all([
      import('../printing/printer.ts'),
      import('../printing/serial.ts'),
    ]);
    const serial = await findSerial();
    this.#printer ??= createPrinter({
      serial,
      now: () => Date.now(),
      memory: localStorage,
      onState: (state) => (this.#state = state),
    });
  }

  /** Each number once: the printer knows what it has printed by the visit. */
  async print({ issued, view, language, houseName, timeZone, paperMm }: TicketToPrint): Promise<void> {
    const printer = this.#printer;
    this.#visitId = issued.visitId;
    this.truth = printer === null ? 'noPrinter' : expectedPaper(this.#state);
    if (printer === null || this.truth === 'noPrinter') return;
    const { ticketDocument } = await import('@schalter/shared/documents/ticket.ts');
    const document = ticketDocument({
      id: issued.visitId,
      language,
      number: `${view.letter}${view.digits}`,
      serviceName: view.serviceName,
      ahead: issued.ahead,
      range: issued.range,
      waitingArea: view.waitingArea,
      issuedAt: issued.at,
      timeZone,
      link: view.link,
      houseName,
    });
    const outcome = await printer.print(document, paperMm);
    this.#become(issued, paperOf(outcome));
    if (outcome.kind === 'unknown' && (await outcome.later)) this.#become(issued, 'printed');
  }

  /** A ticket found again after a crash: it may have come out, and is not printed twice. */
  unknown(): void {
    this.truth = 'unknown';
  }

  forget(): void {
    this.#visitId = null;
    this.truth = 'noPrinter';
  }

  /**
   * Once a second: tells the house how printer and panel are, when that has changed and stayed so from one look to the
   * next. Staff are called for it (KI-06), so a printer that has just been found again is no alarm.
   */
  report(): void {
    const printer = this.#state;
    const own = ownState();
    const state = [printer, ...Object.values(own)].join(' ');
    const isSteady = state === this.#seen;
    this.#seen = state;
    if (this.#printer === null || !isSteady || state === this.#reported) return;
    if (this.#reporting || !this.#parts.isLive()) return;
    this.#reporting = true;
    const health = { printer, sound: null, version: this.#parts.version, ...own };
    void this.#parts.send('platform.reportHealth', health).then((answer) => {
      this.#reporting = false;
      if (answer.ok !== false) this.#reported = state;
    });
  }

  close(): void {
    void this.#printer?.close();
  }

  #become({ visitId }: Issued, truth: PaperTruth): void {
    if (this.#visitId === visitId) this.truth = truth;
  }
}
