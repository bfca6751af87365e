import { randomBytes } from 'node:crypto';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { asCustomer, type Api, type Proof } from '../lib/api.ts';
import type { ServerClock } from '../lib/server-clock.ts';
import type { Plan, PlannedAgent, PlannedCustomer, Slot } from './plan.ts';
import type { House } from './set-up.ts';

/** What the ticket's issue answered. */
export interface Ticket {
  readonly visitId: string;
  readonly stageId: string;
  readonly series: string;
  readonly number: number;
  readonly ahead: number;
  readonly range: WaitRange | null;
}

export interface Day {
  readonly tickets: ReadonlyMap<PlannedCustomer, Ticket>;
  readonly answersMs: readonly number[];
  readonly refusals: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly emptySlots: number;
  readonly madeUp: number;
}

/** An agent sits down this long before the first customer; the sign-in takes a moment of real time. */
const SITS_DOWN_S = 20;
const SIGN_IN_S = 120;
/** Who makes up for a slot is back this long before the own next one. */
const SPARE_S = 2;

interface Parts {
  readonly api: Api;
  readonly clock: ServerClock;
  readonly house: House;
  /** Whoever issues the tickets. */
  readonly door: () => Promise<Proof>;
}

/** Plays a planned day: everybody at their time, whoever is next decided by the server. */
export async function playDay(plan: Plan, parts: Parts): Promise<Day> {
  const player = new Player(parts);
  await Promise.all([
    ...plan.customers.map((customer) => player.customer(customer)),
    ...plan.agents.map((agent) => player.agent(agent)),
  ]);
  return player;
}

class Player implements Day {
  readonly tickets = new Map<PlannedCustomer, Ticket>();
  readonly answersMs: number[] = [];
  readonly refusals: Record<string, number> = {};
  readonly errors: string[] = [];
  emptySlots = 0;
  madeUp = 0;
  /**
   * Services that the hall owes: slots in which nobody came, and slots that went to somebody who gave up in the
   * log, at the cost of somebody who did not. Whoever is free makes up for them, or the queue would never be as
   * short again as it was.
   */
  readonly #owed: { readonly serviceS: number }[] = [];
  readonly #gaveUp = new Set<string>();
  readonly #parts: Parts;
  readonly #called = new Set<string>();
  /** Agents who have found nobody: told when somebody joins. */
  readonly #idle = new Set<{ readonly serviceKeys: readonly string[]; wake: () => void }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async customer(customer: PlannedCustomer): Promise<void> {
    const { clock, house, door } = this.#parts;
    const { row, serviceKey, leavesAtS } = customer;
    await clock.until(row.joinS);
    const linkToken = randomBytes(24).toString('base64url');
    const input = {
      serviceId: house.serviceIds.get(serviceKey),
      language: 'en',
      linkToken,
      contact: null,
      name: null,
      note: null,
    };
    const answer = await this.#send(`line ${row.line}`, await door(), 'queue.issueTicket', input);
    if (answer?.ok !== true) return;
    const ticket = answer.result as Ticket;
    this.tickets.set(customer, ticket);
    for (const agent of [...this.#idle]) if (agent.serviceKeys.includes(serviceKey)) agent.wake();
    if (leavesAtS === null) return;
    this.#gaveUp.add(ticket.stageId);
    await clock.until(leavesAtS);
    if (this.#called.has(ticket.stageId)) return;
    // Called in the very moment of leaving: the rule says no, and the customer is served.
    await this.#send(`line ${row.line}`, asCustomer(linkToken), 'queue.leave', {}, [
      'illegalMove',
      'visitUnknown',
    ]);
  }

  async agent(agent: PlannedAgent): Promise<void> {
    const { clock, house } = this.#parts;
    const [first] = agent.slots;
    const counterId = house.counterIds.get(agent.name);
    if (first === undefined || counterId === undefined) return;
    await clock.until(first.atS - SIGN_IN_S);
    const proof = await house.signIn(agent.name).catch((error: unknown) => {
      this.errors.push(`${agent.name} could not sign in: ${String(error)}`);
      return null;
    });
    if (proof === null) return;
    await clock.until(first.atS - SITS_DOWN_S);
    await this.#send(agent.name, proof, 'directory.signOn', { counterId, takeOver: false });
    for (const slot of agent.slots) await this.#slot(agent, proof, counterId, slot);
    await this.#send(agent.name, proof, 'directory.signOff', { counterId });
  }

  async #slot(agent: PlannedAgent, proof: Proof, counterId: string, slot: Slot): Promise<void> {
    const { clock } = this.#parts;
    if (slot.afterBreak) {
      await this.#send(agent.name, proof, 'directory.setBreak', { counterId, onBreak: true });
      await clock.until(slot.atS);
      await this.#send(agent.name, proof, 'directory.setBreak', { counterId, onBreak: false });
    } else {
      await this.#makeUp(agent, proof, counterId, slot.atS);
    }
    await clock.until(slot.atS);
    if (!(await this.#serve(agent, proof, counterId, slot.atS + slot.serviceS))) {
      this.emptySlots += 1;
      this.#owed.push(slot);
    }
  }

  /** Between two of the own slots, while somebody waits and there is time. */
  async #makeUp(agent: PlannedAgent, proof: Proof, counterId: string, untilS: number): Promise<void> {
    const { clock } = this.#parts;
    for (;;) {
      const place = this.#owed.findIndex((slot) => clock.logS + slot.serviceS + SPARE_S < untilS);
      const [slot] = place < 0 ? [] : this.#owed.splice(place, 1);
      if (slot === undefined) return;
      const nowS = clock.logS;
      if (!(await this.#serve(agent, proof, counterId, nowS + slot.serviceS, nowS))) {
        this.#owed.push(slot);
        return;
      }
      this.madeUp += 1;
    }
  }

  /** One customer until this second; false where nobody came before `waitsUntilS`. */
  async #serve(
    agent: PlannedAgent,
    proof: Proof,
    counterId: string,
    endS: number,
    waitsUntilS = endS,
  ): Promise<boolean> {
    for (;;) {
      const stageId = await this.#call(agent, proof, counterId, waitsUntilS);
      if (stageId === null) return false;
      const started = await this.#send(agent.name, proof, 'queue.start', { stageId }, ['illegalMove']);
      // Gave up in the moment of the call: the next one, please.
      if (started?.ok === false && started.code === 'illegalMove') continue;
      if (this.#gaveUp.has(stageId)) this.#owed.push({ serviceS: endS - this.#parts.clock.logS });
      await this.#parts.clock.until(endS);
      await this.#send(agent.name, proof, 'queue.complete', { stageId, outcome: null });
      return true;
    }
  }

  /** Calls whoever is next; where nobody waits, whoever joins until then. */
  async #call(agent: PlannedAgent, proof: Proof, counterId: string, untilS: number): Promise<string | null> {
    for (;;) {
      const joined = this.#somebodyJoins(agent.serviceKeys, untilS);
      const answer = await this.#send(agent.name, proof, 'queue.callNext', { counterId }, [
        'queueEmpty',
        'commandExpired',
      ]);
      const again =
        answer !== null && !answer.ok && (answer.code === 'queueEmpty' || answer.code === 'commandExpired');
      if (!again) joined.cancel();
      if (answer?.ok === true) {
        const { stageId } = answer.result as { stageId: string };
        this.#called.add(stageId);
        return stageId;
      }
      if (!again) return null;
      // Half a second on a busy machine is half a minute of the log: too late to be meant, so it is pressed again.
      if (answer.code === 'commandExpired') joined.cancel();
      else await joined.wait();
      if (this.#parts.clock.logS >= untilS && answer.code === 'queueEmpty') return null;
    }
  }

  /** Listens from before the call on, so that nobody who joins during it is missed. */
  #somebodyJoins(serviceKeys: readonly string[], untilS: number) {
    const waiter = { serviceKeys, wake: (): void => undefined };
    const woken = new Promise<void>((resolve) => (waiter.wake = resolve));
    this.#idle.add(waiter);
    const cancel = (): void => void this.#idle.delete(waiter);
    return { cancel, wait: () => Promise.race([woken, this.#parts.clock.until(untilS)]).finally(cancel) };
  }

  async #send(
    who: string,
    proof: Proof,
    type: string,
    input: unknown,
    expected: readonly RejectionCode[] = [],
  ): Promise<Answer | null> {
    const { api, clock, house } = this.#parts;
    const sent = performance.now();
    try {
      const answer = await api.command(proof, {
        streamId: house.streamId,
        type,
        input,
        occurredAt: clock.now(),
      });
      this.answersMs.push(performance.now() - sent);
      if (!answer.ok) {
        if (expected.includes(answer.code))
          this.refusals[answer.code] = (this.refusals[answer.code] ?? 0) + 1;
        else this.errors.push(`${who}: ${type} was refused: ${answer.code}`);
      }
      return answer;
    } catch (error) {
      this.errors.push(`${who}: ${type}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}
