import type { PrintOutcome, PrinterState } from '../printing/printer.ts';

/** What the ticket screen may say of the paper, and nothing more than is known. */
export type PaperTruth = 'printing' | 'printed' | 'noPaper' | 'noPrinter' | 'unknown';

/** A printer that nobody has set up is not a fault: the screen and the code are the ticket. */
const NONE: ReadonlySet<PrinterState> = new Set(['unsupported', 'notChosen']);

/** Before the printer has answered: whether it is worth waiting for. */
export const expectedPaper = (state: PrinterState): PaperTruth =>
  NONE.has(state) ? 'noPrinter' : state === 'paperOut' ? 'noPaper' : 'printing';

export function paperOf(outcome: PrintOutcome): PaperTruth {
  switch (outcome.kind) {
    case 'printed':
      return 'printed';
    case 'unknown':
      return 'unknown';
    case 'notPrinted':
      return outcome.state === 'paperOut' ? 'noPaper' : 'noPrinter';
  }
}
