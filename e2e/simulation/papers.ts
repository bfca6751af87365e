import { ms } from '@schalter/shared/kernel/time.ts';
import type { Issued } from '../../kiosk/src/lib/kiosk/flow.ts';
import type { Lost, Truth } from './truth.ts';

/** A kiosk knows the server's clock by its heartbeats, the latest of which may have been late. */
const CLOCK_MS = 6_000;

/** A number in somebody's hand. */
interface Paper {
  readonly kiosk: string;
  readonly issued: Issued;
  /** By the servers' clock. */
  readonly at: string;
  /** The business day on it. */
  readonly day: string;
  /** No clock was set since the kiosk last heard the server: it knows what time, and what day, it is. */
  readonly knowsTime: boolean;
}

const said = ({ series, number }: Pick<Issued, 'series' | 'number'>): string => `${series}${number}`;

/** Every number that a kiosk has handed out, wherever it came from. */
export class Papers {
  readonly #papers = new Map<string, Paper>();
  readonly #visitOf = new Map<string, string>();
  #lost: Pick<Lost, 'visits' | 'blocks'> = { visits: new Set(), blocks: [] };
  readonly broken: string[] = [];

  /**
   * The house was brought back from an older copy: it gives those numbers again, and leases those blocks again while a kiosk
   * that was cut off still gives numbers of them. Whoever held one of them is sent to the staff.
   */
  restored({ visits, blocks }: Pick<Lost, 'visits' | 'blocks'>): void {
    this.#lost = { visits, blocks };
    for (const [key, visitId] of [...this.#visitOf]) if (visits.has(visitId)) this.#visitOf.delete(key);
  }

  #isOfLostBlock({ day, issued }: Paper): boolean {
    const { number } = issued;
    return this.#lost.blocks.some((b) => b.businessDay === day && number >= b.first && number <= b.last);
  }

  given(paper: Paper): void {
    const { issued, kiosk, day } = paper;
    const { visitId } = issued;
    const before = this.#papers.get(visitId);
    if (before !== undefined) {
      // Shown once more after a new start.
      if (said(before.issued) !== said(issued)) this.broken.push(`${kiosk} says two numbers of one visit`);
      return;
    }
    this.#papers.set(visitId, paper);
    if (!paper.knowsTime || this.#isOfLostBlock(paper)) return;
    const key = `${day} ${said(issued)}`;
    const other = this.#visitOf.get(key);
    if (other !== undefined)
      this.broken.push(`${key} stands on two papers, of ${kiosk} and ${this.#papers.get(other)?.kiosk}`);
    this.#visitOf.set(key, visitId);
  }

  get count(): number {
    return this.#papers.size;
  }

  /** In the end each has its visit, with its number, and where the kiosk gave it itself, since then. */
  check(truth: Truth): readonly string[] {
    return [...this.broken, ...[...this.#papers.values()].flatMap((paper) => this.#problems(paper, truth))];
  }

  #problems(paper: Paper, truth: Truth): string[] {
    const { issued, kiosk, at, knowsTime } = paper;
    const what = `${said(issued)} of ${kiosk}`;
    const visit = truth.visits.get(issued.visitId);
    if (visit === undefined)
      return this.#lost.visits.has(issued.visitId) ? [] : [`${what} is in nobody's queue`];
    if (this.#isOfLostBlock(paper)) return [];
    const problems: string[] = [];
    const recorded = truth.recorded.get(issued.visitId);
    if (knowsTime && said(visit) !== said(issued)) problems.push(`${what} is ${said(visit)} in the queue`);
    if (recorded === undefined) return problems;
    if (recorded.printed !== issued.number) problems.push(`the journal says ${recorded.printed} of ${what}`);
    const leasedAt = truth.blocks.get(recorded.blockId)?.leasedAt ?? recorded.at;
    const since = Math.min(Math.max(ms(at), ms(leasedAt)), ms(recorded.at));
    if (knowsTime && Math.abs(ms(visit.arrivedAt) - since) > CLOCK_MS)
      problems.push(`${what} waits since ${visit.arrivedAt}, not ${new Date(since).toISOString()}`);
    return problems;
  }
}
