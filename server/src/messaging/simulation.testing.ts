import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { emptyLive, type BaseRow } from '@schalter/shared/kernel/live.ts';
import { addMs, SECOND } from '@schalter/shared/kernel/time.ts';
import {
  addTicket,
  COUNTERS,
  LOCATION,
  NOW,
  ORGANISATION,
  setStage,
  station,
} from '@schalter/shared/messaging/messages.testing.ts';
import type { Message, MessagingLive, MessagingTables } from '@schalter/shared/messaging/rows.ts';
import type { StageStatus } from '@schalter/shared/queue/rows.ts';
import { Engine } from '../engine/execute.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import type { Job } from '../jobs/job.ts';
import type { Sms, SmsOutcome, SmsRequest } from '../ports/sms.ts';
import { messageWorker } from './jobs.ts';
import { reactMessaging } from './react.ts';

/** Thrown where a worker is killed: nothing after it runs. */
class Killed extends Error {}

export type CarrierFault =
  'drop' | 'acceptThenDrop' | 'rateLimit' | 'reject' | 'killBefore' | 'killAfter' | 'acceptLate';

/** A carrier that keeps a ledger and fails as it is told, in virtual time. */
export class ScriptedCarrier implements Sms {
  readonly kind = 'twilio';
  readonly accepted: { messageId: string; providerId: string; to: string; body: string; at: string }[] = [];
  readonly late: { at: string; request: SmsRequest }[] = [];
  sends = 0;
  readonly #fault: () => CarrierFault | null;
  readonly #listFails: () => boolean;
  readonly #now: () => string;

  constructor(now: () => string, fault: () => CarrierFault | null, listFails: () => boolean) {
    this.#now = now;
    this.#fault = fault;
    this.#listFails = listFails;
  }

  accept({ messageId, to, body }: SmsRequest): string {
    const providerId = `SM${String(this.accepted.length).padStart(6, '0')}`;
    this.accepted.push({ messageId, providerId, to, body, at: this.#now() });
    return providerId;
  }

  async send(request: SmsRequest): Promise<SmsOutcome> {
    this.sends += 1;
    // Other jobs run while this one waits for the carrier.
    await setImmediate();
    switch (this.#fault()) {
      case 'drop':
        return { outcome: 'unknown', reason: 'ECONNRESET' };
      case 'acceptThenDrop':
        this.accept(request);
        return { outcome: 'unknown', reason: 'ECONNRESET' };
      case 'acceptLate':
        this.late.push({ at: addMs(this.#now(), 7 * SECOND), request });
        return { outcome: 'unknown', reason: 'timeout' };
      case 'rateLimit':
        return { outcome: 'rejected', code: '429', permanent: false, explanation: '' };
      case 'reject':
        return { outcome: 'rejected', code: '21614', permanent: true, explanation: '' };
      case 'killBefore':
        throw new Killed();
      case 'killAfter':
        this.accept(request);
        throw new Killed();
      case null:
        return { outcome: 'accepted', providerId: this.accept(request) };
    }
  }

  async findSent({ to, body, since, except }: Parameters<Sms['findSent']>[0]): ReturnType<Sms['findSent']> {
    await setImmediate();
    if (this.#listFails()) return { outcome: 'unknown', reason: 'http500' };
    const hit = this.accepted.find(
      (m) => m.to === to && m.body === body && m.at >= since && !except.includes(m.providerId),
    );
    return hit === undefined ? { outcome: 'absent' } : { outcome: 'found', providerId: hit.providerId };
  }

  /** What it says when asked, by its own id. */
  readonly reports = new Map<string, string>();
  asked = 0;
  statusOf = (providerId: string): ReturnType<Sms['statusOf']> => {
    this.asked += 1;
    const status = this.reports.get(providerId);
    return Promise.resolve(status === undefined ? null : { status, errorCode: null });
  };
  verifyCallback = (): boolean => true;
}

interface Scheduled {
  readonly at: string;
  readonly job: Job;
}

/** One location, its engine in memory, its jobs in virtual time, and several workers at once. */
export class MessagingSimulation {
  now = NOW;
  readonly store = new MemoryStore();
  readonly engine: Engine;
  readonly carrier: ScriptedCarrier;
  #queue: Scheduled[] = [];
  #taken = 0;

  constructor(fault: () => CarrierFault | null = () => null, listFails: () => boolean = () => false) {
    this.carrier = new ScriptedCarrier(() => this.now, fault, listFails);
    this.engine = this.newEngine();
  }

  /** A process of its own on the same store; nothing wakes it up. */
  newEngine(): Engine {
    return new Engine({
      store: this.store,
      clock: { now: () => this.now },
      react: reactMessaging(() => 'https://schalter.example.ch'),
      load: () => Promise.resolve({}),
    });
  }

  /** A station with tickets that are called, one phone each, and the jobs of their calls. */
  async open(tickets: number): Promise<void> {
    const head = {
      id: LOCATION,
      kind: 'location',
      organisationId: ORGANISATION,
      locationId: LOCATION,
    } as const;
    await this.store.openStream(head);
    const live = station();
    for (let n = 1; n <= tickets; n++) ticket(live, n, 'called');
    await this.write(rowsOf(live));
    await Promise.all(Array.from({ length: tickets }, (_, i) => this.prepare(i + 1)));
  }

  /** A ticket is called, and the message about it is asked for. */
  async call(n: number): Promise<void> {
    await this.add(n, 'called');
    await this.prepare(n);
  }

  async add(n: number, status: StageStatus): Promise<void> {
    const live = emptyLive<MessagingTables>(['visits', 'visitContacts', 'stages']);
    ticket(live, n, status);
    await this.write(rowsOf(live));
  }

  prepare(n: number) {
    const input = {
      stageId: this.stageId(n),
      template: 'called',
      link: `https://schalter.example.ch/t#token-of-${String(n).padStart(12, '0')}`,
    };
    const envelope = {
      commandId: randomUUID(),
      streamId: LOCATION,
      type: 'messaging.prepare',
      input,
      occurredAt: this.now,
    };
    return this.engine.execute({ envelope, actor: { kind: 'system' } });
  }

  stageId = (n: number): string => setStage(station(), n, 'waiting', null).id;

  /** The queue moves a ticket, in a process of its own. */
  async move(n: number, status: StageStatus): Promise<void> {
    await this.write([{ table: 'stages', row: setStage(station(), n, status, COUNTERS[0], NOW) }]);
  }

  /** As another process would have. */
  async write(changes: { table: string; row: BaseRow }[]): Promise<void> {
    await this.store.transact(LOCATION, [], async (tx) => {
      const seq = tx.head.seq + 1;
      const entry = {
        seq,
        commandId: randomUUID(),
        type: 'test',
        fingerprint: 'f',
        input: null,
        result: null,
        facts: [],
        changes,
        actor: { kind: 'system' } as const,
        deviceId: null,
        occurredAt: this.now,
        at: this.now,
      };
      const rows = changes.map((c) => ({ ...c, writtenBy: null, entrySeq: seq, how: 'upsert' as const }));
      await tx.write({ seq, at: this.now, rows, entries: [entry], refusals: [], jobs: [] });
    });
  }

  /** Runs jobs in the order of their times until none is left before the end. Each runs `copies` times at once. */
  async run(untilMs: number, copies = 1, engine = this.engine): Promise<void> {
    const end = addMs(NOW, untilMs);
    const work = messageWorker({
      engine,
      clock: { now: () => this.now },
      sms: this.carrier,
      publicUrl: () => 'https://schalter.example.ch',
    });
    for (;;) {
      this.#collect();
      const at = this.#queue[0]?.at;
      if (at === undefined || at > end) break;
      this.now = at > this.now ? at : this.now;
      this.#acceptLate();
      const due = this.#queue.filter((s) => s.at <= this.now);
      this.#queue = this.#queue.filter((s) => s.at > this.now);
      const runs = due.flatMap(({ job }) => Array.from({ length: copies }, () => this.#one(job, work)));
      await Promise.all(runs);
    }
    this.now = end;
  }

  async #one(job: Job, work: ReturnType<typeof messageWorker>): Promise<void> {
    if (job.queue !== 'message') return;
    try {
      await work(job.data);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      // pg-boss notices a dead worker's job and runs it again.
      this.#queue.push({ at: addMs(this.now, 20 * SECOND), job });
      this.#sort();
    }
  }

  #collect(): void {
    for (; this.#taken < this.store.jobs.length; this.#taken++) {
      const job = this.store.jobs[this.#taken];
      if (job !== undefined) this.#queue.push({ at: job.startAfter ?? this.now, job });
    }
    this.#sort();
  }

  #sort(): void {
    this.#queue.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  #acceptLate(): void {
    for (const one of this.carrier.late.splice(0)) {
      if (one.at <= this.now) this.carrier.accept(one.request);
      else this.carrier.late.push(one);
    }
  }

  async messages(): Promise<readonly Message[]> {
    return (await this.engine.read(LOCATION, ({ live }) => [...live.rows.messages.values()])) ?? [];
  }
}

const rowsOf = (live: MessagingLive): { table: string; row: BaseRow }[] =>
  Object.entries(live.rows).flatMap(([table, map]) =>
    [...(map as Map<string, BaseRow>).values()].map((row) => ({ table, row })),
  );

/** Each ticket has a number of its own. */
function ticket(live: MessagingLive, n: number, status: StageStatus): void {
  addTicket(live, n, `+4179${String(1_000_000 + n)}`);
  if (status !== 'waiting') setStage(live, n, status, COUNTERS[0]);
}
