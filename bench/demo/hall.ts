import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Call, Stage, Visit } from '@schalter/shared/queue/rows.ts';
import type { Counter, Presence, Service } from '@schalter/shared/directory/rows.ts';
import type { Api, Proof } from '../lib/api.ts';
import type { Chance } from '../lib/chance.ts';
import type { Listener } from '../lib/listener.ts';

export interface HallOptions {
  readonly api: Api;
  readonly locationId: string;
  readonly listener: Listener;
  readonly chance: Chance;
  readonly speed: number;
  /** How fast the server's own clock runs; its settings and bookings are in its minutes. */
  readonly clockSpeed: number;
  readonly say: (line: string) => void;
}

const PRESSES_MAX = 5;

/** The hall in which the morning plays: its rows as staff see them, its time, and a word for each event. */
export class Hall {
  readonly #options: HallOptions;
  readonly #changed = new Set<() => void>();
  /** Refusals that the game does not expect. */
  readonly refusals = new Map<RejectionCode, number>();
  over = false;

  constructor(options: HallOptions) {
    this.#options = options;
  }
  get chance(): Chance {
    return this.#options.chance;
  }
  get services(): readonly Service[] {
    return this.#rows<Service>('services').filter((service) => service.archivedAt === null && service.active);
  }
  get counters(): readonly Counter[] {
    return this.#rows<Counter>('counters').filter((counter) => counter.archivedAt === null && counter.active);
  }
  get presences(): readonly Presence[] {
    return this.#rows<Presence>('presences').filter((presence) => presence.archivedAt === null);
  }
  stage(id: string): Stage | undefined {
    return this.#options.listener.table<Stage>('stages').get(id);
  }
  visit(id: string): Visit | undefined {
    return this.#options.listener.table<Visit>('visits').get(id);
  }
  service(id: string): Service | undefined {
    return this.#options.listener.table<Service>('services').get(id);
  }
  callsOf(visitId: string): readonly Call[] {
    return this.#rows<Call>('calls').filter((call) => call.visitId === visitId && call.withdrawnAt === null);
  }
  /** How many wait now. */
  get waiting(): number {
    return this.#rows<Stage>('stages').filter((stage) => stage.status === 'waiting').length;
  }
  /** Who has been called to a counter and has not gone yet. */
  atCounter(counterId: string): readonly Stage[] {
    const isThere = ({ status }: Stage): boolean => status === 'called' || status === 'serving';
    return this.#rows<Stage>('stages').filter((stage) => stage.counterId === counterId && isThere(stage));
  }
  openStageOf(visitId: string): Stage | undefined {
    return this.#rows<Stage>('stages').find((s) => s.visitId === visitId && s.endedAt === null);
  }
  #rows<Row extends { id: string; organisationId: string; archivedAt: string | null }>(name: string): Row[] {
    return [...this.#options.listener.table<Row>(name).values()];
  }

  /** "B042", as it is said. */
  number(visitId: string): string {
    const visit = this.visit(visitId);
    return visit === undefined ? '?' : `${visit.series}${String(visit.number).padStart(3, '0')}`;
  }

  say(line: string): void {
    this.#options.say(line);
  }

  /** Real milliseconds of so many minutes of the morning. */
  inMs(minutes: number): number {
    return (minutes * 60_000) / this.#options.speed;
  }
  /** The server's minutes in so many minutes of the morning. */
  serverMinutes(minutes: number): number {
    return (minutes * this.#options.clockSpeed) / this.#options.speed;
  }
  minutes(count: number): Promise<void> {
    return sleep(this.inMs(count));
  }

  /** Nobody comes any more; whoever is being served is served to the end. */
  end(): void {
    this.over = true;
    this.changed();
  }
  /** Nobody does anything any more: everything stays as it is. */
  freeze(): void {
    this.#frozen = true;
    this.end();
  }
  #frozen = false;

  /** Called for each change of the rows. */
  changed(): void {
    for (const wake of [...this.#changed]) wake();
  }

  /** Until it is so, or so many minutes have passed, or the morning is over: whether it is so. */
  async until(isSo: () => boolean, withinMin: number): Promise<boolean> {
    if (isSo()) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#changed.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isSo() || this.over) done();
      };
      const timer = setTimeout(done, this.inMs(withinMin));
      this.#changed.add(look);
    });
    return isSo();
  }

  async command(
    proof: Proof,
    type: string,
    input: unknown,
    expected: readonly RejectionCode[] = [],
  ): Promise<Answer> {
    if (this.#frozen) return new Promise(() => undefined);
    const { api, locationId } = this.#options;
    const send = (): Promise<Answer> => api.command(proof, { streamId: locationId, type, input });
    let answer = await send();
    // On a clock that runs fast a moment is a minute: too late to be meant, so it is pressed again.
    for (let again = 0; !answer.ok && answer.code === 'commandExpired' && again < PRESSES_MAX; again += 1)
      answer = await send();
    if (!answer.ok && !expected.includes(answer.code)) {
      this.refusals.set(answer.code, (this.refusals.get(answer.code) ?? 0) + 1);
      this.say(`${type} was refused: ${answer.code}`);
    }
    return answer;
  }
}
