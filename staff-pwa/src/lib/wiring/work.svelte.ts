import { v7 as newCommandId } from 'uuid';
import type { ConnectionState } from '@schalter/shared/client/connection-state.ts';
import { createConnection } from '@schalter/shared/client/connection.ts';
import { speaking } from '@schalter/shared/client/dialect.ts';
import { predictBy } from '@schalter/shared/client/predict.ts';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Refusal } from '@schalter/shared/client/store.ts';
import type { Transport } from '@schalter/shared/client/transport.ts';
import { NEWER } from '@schalter/shared/dialects.ts';
import { instant, ms, type Instant } from '@schalter/shared/kernel/time.ts';
import { audienceOf } from '@schalter/shared/platform/access.ts';
import { ALOUD_AFTER_MS } from '@schalter/shared/queue/shares.ts';
import type { AllTables } from '@schalter/shared/registry.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import { browserWindows } from '@schalter/shared/ui/browser-windows.ts';
import { dexieStore, waitingOfOthers, wasMade } from '@schalter/shared/ui/dexie-store.ts';
import { LiveConnection } from '@schalter/shared/ui/connection.svelte.ts';
import { socketTransport } from '@schalter/shared/ui/socket-transport.ts';
import { counterOf, type Desk } from '../counter/desk.ts';
import { renew } from '../device/api.ts';
import { remembered } from '../device/memory.ts';
import { elevated } from '../elevation/elevation.svelte.ts';
import { pillOf, type Pill } from '../shell/pill.ts';
import { actorOf, type Profile, type ProfileLocation } from '../session/profile.ts';
import { KeptMarker, lostBefore, type Lost } from './kept.ts';
import { policyOf, type StaffCommand } from './policies.ts';
import { DAILY, ruleOf, TABLES } from './rules.ts';

/** Timers and waits are shown to the second; four looks a second, so that none is skipped. */
const TICK_MS = 250;
const UNSENT_LOOK_MS = 50;
/** A server that is there has answered by then. */
const FIRST_LOOK_MS = 3_000;

/**
 * The one place where the screens meet the server: one line, the location's stream for everybody, the
 * organisation's for those who set people up. Screens get rows and callbacks.
 */
export class Work {
  readonly profile: Profile;
  readonly location: ProfileLocation;
  readonly #transport: Transport;
  readonly #house: LiveConnection<AllTables>;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #startedAt: Instant;
  #organisation: LiveConnection<AllTables> | null = $state.raw(null);
  #now = $state('');
  /** Refused before they were commands: what can't wait for the network. */
  #own: readonly Refusal[] = $state.raw([]);
  #hasNetwork = $state(navigator.onLine);
  #waitingOfOthers = $state(0);
  #lost: Lost | null = $state.raw(null);
  /** Only once it is known what the last run left. */
  #marker: KeptMarker | null = null;

  constructor(profile: Profile, location: ProfileLocation) {
    this.profile = profile;
    this.location = location;
    const deviceId = remembered('deviceId');
    const line = socketTransport({ url: '', auth: deviceId === null ? {} : { deviceId }, renew });
    this.#transport = speaking(line, NEWER);
    this.#house = this.#listen(location.id, location.id);
    this.#startedAt = this.#house.now();
    this.#now = second(this.#startedAt);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    addEventListener('online', this.#onNetwork);
    addEventListener('offline', this.#onNetwork);
    void waitingOfOthers({ streamId: location.id, personId: profile.person.id }).then(
      (n) => {
        this.#waitingOfOthers = n;
        this.#lost = lostBefore(wasMade());
        this.#marker = new KeptMarker();
      },
      () => undefined, // The store itself says when it does not work.
    );
  }

  get state(): ConnectionState<AllTables> {
    return this.#house.state;
  }
  /** By the server's clock, a new value every second. */
  get now(): string {
    return this.#now;
  }
  get online(): boolean {
    return this.state.status === 'live';
  }
  get refusals(): readonly Refusal[] {
    return [...this.state.refusals, ...this.#own];
  }
  get counterId(): string | null {
    return counterOf(this.state.live, this.profile.person.id);
  }
  get waitingOfOthers(): number {
    return this.#waitingOfOthers;
  }

  /** The browser threw away what this device had kept. */
  get lost(): Lost | null {
    return this.#lost;
  }
  toldOfLost(): void {
    this.#lost = null;
  }

  get pill(): Pill {
    const { status, since, halfOpenSince, pending, storage } = this.state;
    return pillOf({
      status,
      since,
      halfOpenSince,
      storage,
      pending,
      refusals: this.refusals.length,
      hasNetwork: this.#hasNetwork,
      now: this.#now,
    });
  }

  /** What a screen is given. */
  get desk(): Desk {
    const { live, signals } = this.state;
    const { timeZone } = this.location;
    return {
      live,
      signals,
      timeZone,
      now: this.#now,
      online: this.online,
      aloneFrom: this.#aloneFrom,
      actor: actorOf(this.profile),
      act: this.act,
    };
  }

  /** Not while it is still looking for the server, or catching up. */
  get #aloneFrom(): Instant | null {
    const { status, since } = this.state;
    if (since === null || (status !== 'connecting' && status !== 'notLive')) return null;
    return instant(Math.max(ms(since) + ALOUD_AFTER_MS, ms(this.#startedAt) + FIRST_LOOK_MS));
  }

  /** The organisation's rows (people); null until asked for, and for those who may not. */
  get organisation(): ConnectionState<AllTables> | null {
    return this.#organisation?.state ?? null;
  }

  act = async (type: StaffCommand, input: unknown): Promise<Sent> => {
    const known = new Set(this.state.refusals.map((r) => r.commandId));
    const sent = await this.#house.send(type, input);
    const listed = this.state.refusals.some((r) => r.type === type && !known.has(r.commandId));
    if (sent.ok === false && !listed) {
      const { code, details = null } = sent;
      const refusal = {
        commandId: newCommandId(),
        type,
        input,
        code,
        details,
        at: this.#house.now(),
        late: false,
      };
      this.#own = [...this.#own, refusal];
    }
    return sent;
  };

  /** For a form, which says itself what was refused, at the field. */
  submit = (type: StaffCommand, input: unknown): Promise<Sent> =>
    elevated(() => quietly(this.#house, type, input));

  submitForOrganisation = (type: StaffCommand, input: unknown): Promise<Sent> => {
    const organisation = this.#organisation;
    return organisation === null
      ? Promise.resolve({ ok: false, code: 'notPermitted' })
      : elevated(() => quietly(organisation, type, input));
  };

  dismiss = (commandId: string): void => {
    this.#own = this.#own.filter((r) => r.commandId !== commandId);
    this.#house.dismissRefusal(commandId);
  };

  openOrganisation(): void {
    const { id } = this.profile.organisation;
    const mayListen = audienceOf(actorOf(this.profile), { organisationId: id, locationId: null }) !== null;
    if (this.#organisation === null && mayListen) this.#organisation = this.#listen(id, null);
  }

  /** What was not sent within that time; without a network nobody waits. */
  async unsentAfter(msMax: number): Promise<number> {
    const until = Date.now() + msMax;
    while (this.#unsent() > 0 && this.online && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, UNSENT_LOOK_MS));
    return this.#unsent();
  }

  close(): void {
    clearInterval(this.#timer);
    removeEventListener('online', this.#onNetwork);
    removeEventListener('offline', this.#onNetwork);
    this.#house.close();
    this.#organisation?.close();
  }

  #tick(): void {
    this.#now = second(this.#house.now());
    this.#marker?.note(this.#unsent() + this.#waitingOfOthers, this.#now);
  }

  #unsent = (): number => this.state.pending.count + (this.#organisation?.state.pending.count ?? 0);

  #onNetwork = (): void => void (this.#hasNetwork = navigator.onLine);

  #listen(streamId: string, locationId: string | null): LiveConnection<AllTables> {
    const actor = actorOf(this.profile);
    const { organisationId, personId } = actor;
    return new LiveConnection(
      createConnection<AllTables>({
        transport: this.#transport,
        store: dexieStore({ streamId, personId, daily: DAILY }),
        clock: browserClock,
        newCommandId: () => newCommandId(),
        streamId,
        audience: audienceOf(actor, { organisationId, locationId }) ?? 'staff',
        tables: TABLES,
        policyOf,
        predict: predictBy({ ruleOf, actor, organisationId }),
        windows: browserWindows(`schalter-staff/${streamId}/${personId}`),
      }),
    );
  }
}

/** Whole seconds: whatever is computed from the time is computed once a second. */
const second = (now: string): string => `${now.slice(0, 19)}.000Z`;

async function quietly(
  connection: LiveConnection<AllTables>,
  type: StaffCommand,
  input: unknown,
): Promise<Sent> {
  const known = new Set(connection.state.refusals.map((r) => r.commandId));
  const sent = await connection.send(type, input);
  if (sent.ok === false) {
    const own = connection.state.refusals.find((r) => r.type === type && !known.has(r.commandId));
    if (own !== undefined) connection.dismissRefusal(own.commandId);
  }
  return sent;
}
