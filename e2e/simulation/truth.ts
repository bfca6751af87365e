import type { JournalEntry, Store } from '@schalter/server/src/engine/store.ts';
import { brokenInvariants } from '@schalter/shared/invariants.ts';
import { ASKED_AGAIN } from '@schalter/shared/client/sender.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { apply, emptyLive, type AnyChange, type BaseRow } from '@schalter/shared/kernel/live.ts';
import type { NumberBlock, Visit } from '@schalter/shared/queue/rows.ts';
import { TABLE_NAMES, tables, type AllLive, type AllTables, type Fact } from '@schalter/shared/registry.ts';
import { Callings } from './callings.ts';
import { LOCATION } from './station.ts';

const WATCHED = ['display', 'kiosk', 'customer', 'staff'] as const satisfies readonly Audience[];
const PAGE = 10_000;

/** Rows are never changed once made, so that what one says is worked out once. */
const known = new WeakMap<BaseRow, number>();

function digestOfRow(row: BaseRow): number {
  const before = known.get(row);
  if (before !== undefined) return before;
  const text = JSON.stringify(row);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  known.set(row, hash >>> 0);
  return hash >>> 0;
}

/** What a set of rows says, whatever their order. */
export function digestOf(rows: Iterable<BaseRow>): number {
  let sum = 0;
  for (const row of rows) sum = (sum + digestOfRow(row)) >>> 0;
  return sum;
}

/** The rows as one audience may see them, at every place of the journal. */
class Projection {
  readonly #audience: Audience;
  readonly #rows = new Map<string, number>();
  #sum = 0;
  /** By sequence. */
  readonly digests: number[] = [0];

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  take(changes: readonly AnyChange[]): void {
    for (const { table, row } of changes) {
      const key = `${table}/${row.id}`;
      this.#sum = (this.#sum - (this.#rows.get(key) ?? 0)) >>> 0;
      const masked = row.archivedAt === null ? tables.get(table)?.mask(this.#audience, row) : null;
      const digest = masked == null ? 0 : digestOfRow(masked);
      this.#rows.set(key, digest);
      this.#sum = (this.#sum + digest) >>> 0;
    }
    this.digests.push(this.#sum);
  }
}

const newProjections = (): Map<Audience, Projection> =>
  new Map(WATCHED.map((audience) => [audience, new Projection(audience)]));

/** What a restore has taken. */
export interface Lost {
  /** Up to here both histories are one. */
  readonly from: number;
  readonly at: number;
  readonly commands: ReadonlySet<string>;
  readonly visits: ReadonlySet<string>;
  readonly blocks: readonly NumberBlock[];
  /** What devices showed of it, by audience and sequence. */
  readonly digestAt: (audience: Audience, seq: number) => number | undefined;
}

/** What the database holds, entry by entry, and whether it may: everything else is measured against it. */
export class Truth {
  #database: Pick<Store, 'journalAfter'>;
  readonly #now: () => number;
  readonly callings: Callings;
  #projections = newProjections();
  readonly live: AllLive = emptyLive<AllTables>(TABLE_NAMES);
  readonly commands = new Map<string, number>();
  /** Every visit that ever was, also of days that are over. */
  readonly visits = new Map<string, Visit>();
  /** By visit: numbers that a kiosk gave itself, with what its paper says, and when the house heard of it. */
  readonly recorded = new Map<string, { printed: number; blockId: string; at: string }>();
  readonly blocks = new Map<string, NumberBlock>();
  lost: Lost | null = null;
  readonly broken: string[] = [];
  /** When each entry was there, by sequence. */
  #at: number[] = [0];

  constructor(database: Pick<Store, 'journalAfter'>, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.callings = new Callings(now);
  }

  get seq(): number {
    return this.#at.length - 1;
  }

  /** The last entry that was there at a time. */
  seqAt(time: number): number {
    let seq = this.seq;
    while (seq > 0 && (this.#at[seq] ?? 0) > time) seq -= 1;
    return seq;
  }

  digestAt(audience: Audience, seq: number): number | undefined {
    return this.#projections.get(audience)?.digests[seq];
  }

  /** Reads on in the journal, and looks at all that must be true of it. */
  readOn = async (): Promise<void> => {
    const entries = await this.#database.journalAfter(LOCATION, this.seq, PAGE);
    if (entries.length === 0) return;
    for (const entry of entries) this.#take(entry);
    this.broken.push(...brokenInvariants(this.live));
  };

  /** The house was brought back as it was at some time before. */
  async restore(database: Pick<Store, 'journalAfter'>): Promise<Lost> {
    const kept = await database.journalAfter(LOCATION, 0, PAGE);
    const before = {
      commands: new Map(this.commands),
      visits: [...this.visits.keys()],
      blocks: [...this.blocks.values()],
    };
    const projections = this.#projections;
    const at = this.#at;
    this.#database = database;
    this.#projections = newProjections();
    this.#at = [0];
    for (const map of [this.commands, this.visits, this.recorded, this.blocks]) map.clear();
    for (const rows of Object.values(this.live.rows)) rows.clear();
    for (const entry of kept) this.#keep(entry, at[entry.seq] ?? 0);
    this.lost = {
      from: this.seq,
      at: this.#now(),
      commands: new Set([...before.commands.keys()].filter((id) => !this.commands.has(id))),
      visits: new Set(before.visits.filter((id) => !this.visits.has(id))),
      blocks: before.blocks.filter(({ id }) => !this.blocks.has(id)),
      digestAt: (audience, seq) => projections.get(audience)?.digests[seq],
    };
    this.callings.restored(this.lost.commands);
    return this.lost;
  }

  #take(entry: JournalEntry): void {
    const { seq, commandId } = entry;
    if (seq !== this.seq + 1) this.broken.push(`entry ${seq} follows entry ${this.seq}`);
    if (this.commands.has(commandId)) this.broken.push(`command ${commandId} took effect twice`);
    this.callings.onEntry(entry, this.live);
    this.#keep(entry, this.#now());
  }

  #keep(entry: JournalEntry, at: number): void {
    const { seq, commandId, changes } = entry;
    this.commands.set(commandId, seq);
    this.#at.push(at);
    apply(this.live, changes as never);
    for (const projection of this.#projections.values()) projection.take(changes);
    this.#takeNumbers(entry);
  }

  #takeNumbers({ changes, facts, at }: JournalEntry): void {
    for (const { table, row } of changes) {
      if (table === 'visits') this.visits.set(row.id, row as Visit);
      else if (table === 'numberBlocks') this.blocks.set(row.id, row as NumberBlock);
    }
    for (const fact of facts as readonly Fact[]) {
      if (fact.type !== 'queue.ticketRecorded') continue;
      this.recorded.set(fact.visitId, { printed: fact.printed, blockId: fact.blockId, at });
    }
  }

  /** What a server says is done must be in the database at that moment, at that place. */
  answered = (commandId: string, answer: Answer): void => {
    if (!answer.ok && !ASKED_AGAIN.has(answer.code)) this.callings.refused(commandId, this.live);
    if (answer.ok && this.commands.get(commandId) !== answer.seq) {
      this.broken.push(`command ${commandId} was acknowledged at ${answer.seq}, where it is not`);
    }
  };
}
