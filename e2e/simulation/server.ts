import { Engine, UNDECIDED } from '@schalter/server/src/engine/execute.ts';
import type { Job } from '@schalter/server/src/jobs/job.ts';
import { messageWorker } from '@schalter/server/src/messaging/jobs.ts';
import type { Sms } from '@schalter/server/src/ports/sms.ts';
import { startAwayWatch, type AwayWatch } from '@schalter/server/src/queue/away.ts';
import { closeOverDays } from '@schalter/server/src/queue/day-end.ts';
import { reactions } from '@schalter/server/src/reactions.ts';
import { commandHandler } from '@schalter/server/src/transport/commands.ts';
import { FanOut } from '@schalter/server/src/transport/fan-out.ts';
import type { DeviceSocket } from '@schalter/server/src/transport/frames.ts';
import type { Pace } from '@schalter/server/src/transport/outbox.ts';
import { hello } from '@schalter/server/src/transport/sockets.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { Visit } from '@schalter/shared/queue/rows.ts';
import { HEARTBEAT_MS, type HelloAnswer } from '@schalter/shared/kernel/protocol.ts';
import type { Connections } from './database.ts';
import type { ServerSocket } from './line.ts';
import { LOCATION, SYSTEM } from './station.ts';
import type { VirtualTime } from './virtual-time.ts';

const COALESCE_MS = 10;
const POLL_MS = 2_000;
const DAY_END_MS = 30_000;
const PUBLIC_URL = 'https://schalter.example.ch';
/** Nobody here sends as much as a limit allows; what is limited has tests of its own. */
const limits = { take: () => Promise.resolve(null) };

export interface ServerParts {
  readonly time: VirtualTime;
  readonly connections: Connections;
  readonly sms: Sms;
  /** Tells the other processes; it may get lost. */
  readonly notify: (from: ServerProcess, streamId: string, seq: number) => void;
  readonly onAnswer: (commandId: string, answer: Answer) => void;
  /** For tests of the simulation itself: a server that does not notice who is away. */
  readonly breakAway: (watch: AwayWatch) => AwayWatch;
  /** What its clock says. */
  readonly now: () => string;
}

/** What is refused is told to its sender here; that it is an entry as well is the server's own test. */
const NO_RECORD = { record: () => Promise.resolve(true) };

/** Nobody here does what asks for a fresh proof. */
const NO_PROOFS = { take: () => Promise.resolve(null), giveBack: () => Promise.resolve() };

/**
 * One server process: the product's engine, fan-out, hello and workers. What is of this file alone is the time
 * (heartbeats, wake-ups and polls as in queue/signals.ts and engine/wake-up.ts) and the sockets.
 */
export class ServerProcess {
  readonly engine: Engine;
  readonly fanOut: FanOut;
  readonly #parts: ServerParts;
  readonly #handleCommand: ReturnType<typeof commandHandler>;
  readonly #work: ReturnType<typeof messageWorker>;
  readonly #sockets = new Set<ServerSocket>();
  readonly #away: AwayWatch;
  isRunning = true;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { time, connections, sms } = parts;
    this.fanOut = new FanOut(slowPace(time, () => this.isRunning));
    const clock = { now: parts.now };
    const publicUrl = () => PUBLIC_URL;
    this.engine = new Engine({ store: connections, clock, react: reactions(publicUrl), load });
    this.#handleCommand = commandHandler(this.engine, {
      limits,
      clock,
      security: NO_RECORD,
      proofs: NO_PROOFS,
    });
    this.#work = messageWorker({ engine: this.engine, clock, sms, publicUrl });
    this.engine.onEntries((stream, entries, origin) => {
      if (!this.isRunning) return;
      this.fanOut.entries(stream, entries);
      const last = entries.at(-1);
      if (origin === 'here' && last !== undefined) this.#tellOthers(stream.head.id, last.seq);
    });
    const away = startAwayWatch({
      engine: this.engine,
      clock,
      locationIds: () => Promise.resolve([LOCATION]),
      connectedPeople: (id) => new Set(this.fanOut.sockets(id).flatMap(({ data }) => data.personId ?? [])),
      onError: () => undefined,
      after: (ms, run) =>
        time.after(ms, () => {
          if (this.isRunning) run();
        }),
    });
    this.#away = parts.breakAway(away);
    this.#beat();
    this.#poll();
    this.#endDays();
  }

  kill(): void {
    this.isRunning = false;
    this.#parts.connections.kill();
    for (const socket of [...this.#sockets]) socket.disconnect();
  }

  accept(socket: ServerSocket): void {
    this.#sockets.add(socket);
  }

  /** Nobody here says goodbye. */
  leave(socket: ServerSocket): void {
    this.#sockets.delete(socket);
    const { personId, subscriptions } = socket.data;
    if (this.isRunning && personId !== null)
      for (const streamId of subscriptions.keys()) this.#away.lost(streamId, personId);
    this.fanOut.leave(socket as unknown as DeviceSocket);
  }

  async hello(socket: ServerSocket, message: unknown, actor: Actor): Promise<HelloAnswer> {
    const parts = {
      engine: this.engine,
      fanOut: this.fanOut,
      limits,
      onPresence: () => undefined,
      onSubscribed: (to: DeviceSocket, streamId: string) => {
        this.#greet(to, streamId);
        if (to.data.personId !== null) this.#away.here(streamId, to.data.personId);
      },
    };
    const identity = { actor, deviceId: null, revoked: false };
    return hello(parts, socket as unknown as DeviceSocket, message, identity).catch((): HelloAnswer => ({
      ok: false,
      code: 'unavailable',
    }));
  }

  /** null: nobody knows, so nothing is said. */
  async command(envelope: { commandId: string }, actor: Actor): Promise<Answer | null> {
    const answer = await this.#handleCommand(envelope, { actor, deviceId: null, revoked: false }, '');
    if (answer === UNDECIDED || !this.isRunning) return null;
    this.#parts.onAnswer(envelope.commandId, answer);
    return answer;
  }

  /** As pg-boss runs it: it throws where the job is to be run again. */
  async run(job: Job): Promise<void> {
    if (job.queue === 'message') return this.#work(job.data);
    // The journal is redacted in PostgreSQL alone, and nobody here has a mailbox or a browser that is told.
    if (job.queue !== 'command') return;
    const { streamId, type, input, commandId } = job.data;
    const envelope = { commandId, streamId, type, input, occurredAt: this.#parts.now() };
    const answer = await this.engine.execute({ envelope, actor: SYSTEM });
    if (!answer.ok && answer.code === 'unavailable') throw new Error('unavailable');
  }

  /** A ticket by the secret of its page, as `GET /ticket` gives it; null: it knows none. */
  ticketOf(linkToken: string): Promise<Visit | null> {
    return this.engine.read(LOCATION, ({ live }) => {
      const visits = [...live.rows.visits.values()];
      return visits.find((visit) => visit.linkToken === linkToken) ?? null;
    });
  }

  wake(streamId: string, seq: number): void {
    if (this.isRunning) this.engine.wake(streamId, seq);
  }

  #greet(socket: DeviceSocket, streamId: string): void {
    const tell = ({ head }: { head: { seq: number } }) =>
      socket.emit('signal', { streamId, kind: 'heartbeat', now: this.#parts.now(), seq: head.seq });
    this.engine.read(streamId, tell).catch(() => undefined); // the next heartbeat says it
  }

  #tellOthers(streamId: string, seq: number): void {
    this.#parts.time.after(COALESCE_MS, () => {
      if (this.isRunning) this.#parts.notify(this, streamId, seq);
    });
  }

  #beat(): void {
    this.#parts.time.after(HEARTBEAT_MS, () => {
      if (!this.isRunning) return;
      for (const streamId of this.fanOut.streamIds) {
        const tell = ({ head: { seq } }: { head: { seq: number } }) =>
          this.fanOut.signal({ streamId, kind: 'heartbeat', now: this.#parts.now(), seq });
        this.engine.read(streamId, tell).catch(() => undefined); // the next one is told five seconds later
      }
      this.#beat();
    });
  }

  #endDays(): void {
    this.#parts.time.after(DAY_END_MS, () => {
      if (!this.isRunning) return;
      const clock = { now: this.#parts.now };
      closeOverDays({ engine: this.engine, clock }, LOCATION).catch(() => undefined); // the next look is soon
      this.#endDays();
    });
  }

  #poll(): void {
    this.#parts.time.after(POLL_MS, () => {
      if (!this.isRunning) return;
      const held = this.engine.held.map(({ streamId }) => streamId);
      this.#parts.connections.heads(held).then(
        (heads) => heads.forEach(({ id, seq }) => this.wake(id, seq)),
        () => undefined, // the next poll comes in two seconds
      );
      this.#poll();
    });
  }
}

/** Each look at the clock finds that writing has taken this long: every broadcast is cut into slices and rests. */
const WRITTEN_MS = 1.5;

function slowPace(time: VirtualTime, isRunning: () => boolean): Pace {
  let nowMs = 0;
  const after = (ms: number, work: () => void): void => {
    time.after(ms, () => {
      if (isRunning()) work();
    });
  };
  return { nowMs: () => (nowMs += WRITTEN_MS), soon: (work) => after(1, work), after };
}

/** A phone number is what somebody typed; the numbering plan has tests of its own. */
function load(_type: string, rawInput: unknown) {
  const { contact } = rawInput as { contact?: { phone: string } | null };
  return Promise.resolve(contact ? { phone: { ok: true as const, e164: contact.phone, country: 'CH' } } : {});
}
