import { ms } from '@schalter/shared/kernel/time.ts';
import type { Issued } from '../../kiosk/src/lib/kiosk/flow.ts';
import type { Truth } from './truth.ts';

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
  readonly broken: string[] = [];

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
    if (!paper.knowsTime) return;
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

  #problems({ issued, kiosk, at, knowsTime }: Paper, truth: Truth): string[] {
    const what = `${said(issued)} of ${kiosk}`;
    const visit = truth.visits.get(issued.visitId);
    if (visit === undefined) return [`${what} is in nobody's queue`];
    const problems: string[] = [];
    const recorded = truth.recorded.get(issued.visitId);
    if (knowsTime && said(visit) !== said(issued)) problems.push(`${what} is ${said(visit)} in the queue`);
    if (recorded === undefined) return problems;
    if (recorded.printed !== issued.number) problems.push(`the journal says ${recorded.printed} of ${what}`);
    const leasedAt = truth.leasedAt.get(recorded.blockId) ?? recorded.at;
    const since = Math.min(Math.max(ms(at), ms(leasedAt)), ms(recorded.at));
    if (knowsTime && Math.abs(ms(visit.arrivedAt) - since) > CLOCK_MS)
      problems.push(`${what} waits since ${visit.arrivedAt}, not ${new Date(since).toISOString()}`);
    return problems;
  }
}
