import { v7 as uuid } from 'uuid';
import { readReservationCode } from '@schalter/shared/booking/reservation-code.ts';
import { createConnection } from '@schalter/shared/client/connection.ts';
import type { ConnectionStatus } from '@schalter/shared/client/connection-state.ts';
import type { Transport } from '@schalter/shared/client/transport.ts';
import { createWords } from '@schalter/shared/i18n/words.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { QueueTables } from '@schalter/shared/queue/rows.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import { LiveConnection } from '@schalter/shared/ui/connection.svelte.ts';
import type { DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import type { Contact } from '../consent.ts';
import { LateAnswers } from '../device/answers.ts';
import type { KioskMemory } from '../device/memory.ts';
import { NumberDesk } from '../device/number-desk.ts';
import { NumberStock } from '../device/number-stock.ts';
import { policyOf } from '../device/policies.ts';
import { kioskStore, windowsOf } from '../device/store.ts';
import { TABLES } from '../device/tables.ts';
import { Corner } from './corner.ts';
import type { Extras } from './extras.svelte.ts';
import { advance, START, type Action, type Flow, type Issued, type Wish } from './flow.ts';
import { HelpCall } from './help.svelte.ts';
import { findAgain, giveBack, giveBackAbandoned, issueNumber, ticketOf, type Desk } from './issue.ts';
import { withoutBooking } from './offers.ts';
import { PaperDesk } from './paper-desk.svelte.ts';
import { Presence } from './presence.svelte.ts';
import { noticeOf, screenOf, ticketView, type Matter } from './screen.ts';
import type { Speaker } from './speech.ts';
import { kioskMessages } from './texts.ts';
import type { Tile } from './tiles.ts';
import type { Frame, On } from './view.ts';

/** A clock that shows minutes, a line that may break, a person who may have left. */
const TICK_MS = 1_000;
/** A line that breaks for less is mended before anybody notices. */
const GRACE_MS = 3_000;
/** No answer by then: the screen says that it takes longer. */
const LATE_MS = 3_000;
/** A line that seems to stand, and no answer by then: the kiosk gives a number of its own. */
const GIVE_UP_MS = 8_000;

export interface SessionParts {
  readonly identity: DeviceIdentity;
  readonly memory: KioskMemory;
  readonly transport: Transport;
  readonly extras: Extras;
  readonly speaker: Speaker;
  readonly newLinkToken: () => string;
  readonly origin: string;
  readonly browserLanguage: Language;
  readonly version: string;
  readonly onRefused: (code: RejectionCode) => void;
  readonly onSetUp: () => void;
  /** Somebody leaves: whatever the browser itself may still hold of them. */
  readonly onForget: () => void;
}

const NOTHING_TYPED = { reference: '', lastName: '' };

/** A paired kiosk at work: one person after another. */
export class KioskSession {
  readonly #parts: SessionParts;
  readonly #lateAnswers = new LateAnswers();
  readonly #live: LiveConnection<QueueTables>;
  readonly #corner = new Corner(performance.now());
  readonly #ticking: ReturnType<typeof setInterval>;
  readonly #presence: Presence;
  readonly #paper: PaperDesk;
  readonly #help: HelpCall;
  #flow = $state.raw<Flow>(START);
  #typed = $state.raw(NOTHING_TYPED);
  #hint = $state.raw<Matter['hint']>(null);
  #language = $state.raw<Language | null>(null);
  #now = $state.raw('');
  /** The line has only just broken, or is not there yet. */
  #isBrief = $state.raw(true);
  /** Counts people: what belongs to one is made anew for the next. */
  epoch = $state.raw(0);
  #liveMs = performance.now();
  #whenLive: (() => void)[] = [];
  #whenLost: (() => void)[] = [];
  readonly #stock: NumberStock;
  readonly #numbers: NumberDesk;
  #sweptAbandoned = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { deviceId, locationId } = parts.identity;
    this.#stock = new NumberStock(parts.memory);
    this.#live = new LiveConnection(
      createConnection<QueueTables>({
        transport: this.#lateAnswers.overhear(parts.transport),
        store: kioskStore({ streamId: locationId, deviceId }, this.#stock),
        clock: browserClock,
        newCommandId: uuid,
        streamId: locationId,
        audience: 'kiosk',
        tables: TABLES,
        policyOf,
        windows: windowsOf(deviceId),
      }),
    );
    this.#numbers = new NumberDesk(this.#stock, this.#live.send);
    const isLive = () => this.#live.state.status === 'live';
    this.#presence = new Presence(parts.speaker, performance.now());
    this.#paper = new PaperDesk({ version: parts.version, send: this.#live.send, isLive });
    this.#help = new HelpCall(deviceId, this.#live.send);
    this.#now = this.#live.now();
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    void this.#findAgain();
  }

  readonly #rows = $derived.by(() => this.#live.state.live);
  readonly #location = $derived.by(() => [...this.#rows.rows.locations.values()][0]);
  readonly #settings = $derived.by(
    () => this.#rows.rows.devices.get(this.#parts.identity.deviceId)?.settings ?? null,
  );
  /** From the last time, until the rows have arrived. */
  readonly #place = $derived.by(() => this.#location ?? this.#parts.memory.place());
  readonly #languages = $derived.by(() => this.#place?.languages ?? [this.#parts.browserLanguage]);
  readonly #startLanguage = $derived.by(
    () =>
      this.#settings?.languages.find((language) => this.#languages.includes(language)) ??
      this.#languages[0] ??
      this.#parts.browserLanguage,
  );
  readonly language = $derived.by(() => this.#language ?? this.#startLanguage);
  readonly #t = $derived.by(() => createWords(kioskMessages, this.language));

  readonly #connected = $derived.by(() => this.#live.state.status === 'live' || this.#isBrief);

  /** The business day by the server's clock, also while the server is away. */
  readonly #today = $derived.by(() =>
    this.#location === undefined || this.#now === ''
      ? null
      : businessDay(this.#now, this.#location.timeZone, this.#location.dayStart),
  );
  /** Counted anew each second: the stock is no state of Svelte's. */
  #own = $state.raw(0);
  readonly #gives = $derived.by(() => this.#connected || this.#own > 0);

  readonly frame = $derived.by((): Frame => {
    const help = this.#help.stateIn(this.#rows, this.#now);
    const { modes, voiceless, secondsLeft } = this.#presence;
    return {
      t: this.#t,
      place: this.#place?.name ?? '',
      now: this.#now,
      timeZone: this.#place?.timeZone ?? 'UTC',
      languages: this.#languages,
      modes,
      help,
      notice: noticeOf(this.#t, help, voiceless),
      awaySince: this.#connected ? null : (this.#live.state.since ?? this.#now),
      secondsLeft,
    };
  });
  readonly #matter = $derived.by((): Matter => {
    const { memory, origin, extras } = this.#parts;
    return {
      t: this.#t,
      flow: this.#flow,
      live: this.#rows,
      settings: this.#settings,
      estimates: this.#live.state.signals.estimates,
      now: this.#now,
      connected: this.#connected,
      gives: this.#gives,
      typed: this.#typed,
      hint: this.#hint,
      paper: this.#paper.truth,
      publicUrl: memory.place()?.publicUrl ?? origin,
      sentences: extras.sentences,
      numbers: extras.numbers,
      Qr: extras.Qr,
    };
  });
  readonly screen = $derived.by(() => screenOf(this.#matter));
  /** There is something to show: rows, or at least what the last time left. */
  readonly ready = $derived.by(() => this.#location !== undefined || this.#place !== null);

  get status(): ConnectionStatus {
    return this.#live.state.status;
  }
  /**
   * Nobody stands there: a new version may be taken. One that the server refuses as too old has to, with what waits
   * in its outbox: the disk keeps it.
   */
  get idle(): boolean {
    const { pending, status } = this.#live.state;
    return this.#waits() && (pending.count === 0 || status === 'refused');
  }

  readonly on: On = {
    language: (language) => (this.#language = language),
    mode: (mode) => this.#presence.toggle(mode, this.#parts.speaker.canSpeak(this.language)),
    help: () => void this.#help.call(),
    corner: () => {
      if (this.#corner.press(performance.now())) this.#parts.onSetUp();
    },
    back: () => this.#do({ type: 'back' }),
    choose: (tile) => this.#choose(tile),
    type: (typed) => {
      this.#hint = null;
      this.#typed = typed;
    },
    submitReservation: () => this.#submitReservation(),
    withoutReservation: () => {
      const serviceId = withoutBooking(this.#rows, this.#settings, this.#now);
      if (serviceId !== null) this.#do({ type: 'chooseService', serviceId });
    },
    contact: (contact) => this.#do({ type: 'decideContact', contact }),
    start: () => this.#forget(),
    stay: () => this.touch(),
  };

  /** Any touch or key. */
  touch = (): void => this.#presence.touch(performance.now());

  /** A code reader has typed a whole code. */
  scan = (text: string): void => {
    const code = readReservationCode(text);
    if (code === null || !(this.#flow.step === 'choice' || this.#flow.step === 'reservation')) return;
    this.#do({ type: 'openReservation' });
    this.#typed = { reference: code.reference, lastName: code.lastName.toUpperCase() };
    if (code.lastName === '') this.#hint = 'scannedReference';
    else this.#submitReservation();
  };

  /** Once the first screen stands: what is needed later. */
  prepare(): void {
    this.#parts.extras.load();
    void this.#paper.start();
  }

  close(): void {
    clearInterval(this.#ticking);
    this.#parts.speaker.stop();
    this.#paper.close();
    this.#live.close();
  }

  #choose(tile: Tile): void {
    this.#parts.extras.load();
    // Without the server nobody finds a booking: a number of that service leads to the same counter.
    if (tile.booked && this.#connected) this.#do({ type: 'openReservation' });
    else this.#do({ type: 'chooseService', serviceId: tile.serviceId });
  }

  #submitReservation(): void {
    const { reference, lastName } = this.#typed;
    if (reference === '') this.#hint = 'referenceMissing';
    else if (lastName.trim() === '') this.#hint = 'lastNameMissing';
    else this.#do({ type: 'submitReservation', reference, lastName });
  }

  #do(action: Action): void {
    const asksContact = this.#connected && (this.#location?.smsCountries.length ?? 0) > 0;
    const before = this.#flow;
    const flow = advance(before, action, { asksContact });
    if (flow === before) return;
    this.#flow = flow;
    this.#hint = null;
    this.#typed = flow.step === 'reservation' ? flow : NOTHING_TYPED;
    if (flow.step === 'issuing' && before.step !== 'issuing') void this.#issue(flow.wish, flow.contact);
  }

  #desk(): Desk {
    const { memory, newLinkToken, identity } = this.#parts;
    const { send, keep, now } = this.#live;
    return {
      send,
      keep,
      now,
      memory,
      newLinkToken,
      ticketOf,
      lateAnswers: this.#lateAnswers,
      nowMs: () => Date.now(),
      isLive: () => this.#live.state.status === 'live',
      whenLive: () => new Promise((resolve) => this.#whenLive.push(resolve)),
      whenGivenUp: () =>
        this.#connected
          ? new Promise((resolve) => {
              this.#whenLost.push(resolve);
              setTimeout(resolve, GIVE_UP_MS);
            })
          : Promise.resolve(),
      takeNumber: () => (this.#today === null ? null : this.#stock.take(this.#today)),
      seriesOf: (serviceId) => this.#rows.rows.services.get(serviceId)?.letter ?? null,
      giveBack: (linkToken) => giveBack(linkToken, identity.locationId, uuid(), now()),
    };
  }

  async #issue(wish: Wish, contact: Contact | null): Promise<void> {
    const { language, epoch } = this;
    const late = setTimeout(() => this.#do({ type: 'late' }), LATE_MS);
    const isWanted = (): boolean => epoch === this.epoch;
    const outcome = await issueNumber(this.#desk(), { wish, contact, language, isWanted });
    clearTimeout(late);
    const isHere = isWanted();
    if (outcome === null) return;
    if (!outcome.ok) {
      const problem = { code: outcome.code, details: outcome.details ?? null };
      if (isHere) this.#do({ type: 'refused', problem });
    } else if (isHere) {
      this.#do({ type: 'issued', issued: outcome.issued });
      this.#print(outcome.issued, language);
    } else {
      await this.#desk().giveBack(outcome.issued.linkToken);
      this.#parts.memory.setGiving(null);
    }
  }

  #print(issued: Issued, language: Language): void {
    if (this.#location === undefined) return;
    const { name: houseName, timeZone } = this.#location;
    const view = ticketView(this.#matter, issued);
    const paperMm = this.#settings?.paperMm ?? 80;
    void this.#paper.print({ issued, view, language, houseName, timeZone, paperMm });
  }

  async #findAgain(): Promise<void> {
    const issued = await findAgain(this.#desk());
    if (issued === null) return;
    this.#do({ type: 'issued', issued });
    this.#paper.unknown();
  }

  /** Nothing on the screen belongs to anybody. */
  #waits(): boolean {
    const isUsual = this.#language === null || this.#language === this.#startLanguage;
    return this.#flow.step === 'choice' && isUsual && this.#presence.isPlain;
  }

  #tick(): void {
    const { status, refusedBy } = this.#live.state;
    if (status === 'refused' && refusedBy !== null) return this.#parts.onRefused(refusedBy);
    const nowMs = performance.now();
    this.#now = this.#live.now();
    if (status === 'live') {
      this.#liveMs = nowMs;
      this.#whenLive.splice(0).forEach((resolve) => resolve());
    }
    this.#isBrief = nowMs - this.#liveMs < GRACE_MS;
    if (!this.#connected) this.#whenLost.splice(0).forEach((resolve) => resolve());
    this.#keepNumbers(nowMs);
    this.#paper.report();
    if (this.#presence.hasLeft(nowMs, this.#waits())) this.#forget();
  }

  #keepNumbers(nowMs: number): void {
    const today = this.#today;
    if (today === null) return;
    this.#own = this.#stock.left(today);
    const { status, seq } = this.#live.state;
    if (status !== 'live') return;
    if (!this.#sweptAbandoned) void giveBackAbandoned(this.#desk());
    this.#sweptAbandoned = true;
    this.#numbers.tick({ live: this.#rows, seq, today, nowMs });
  }

  /** The next person meets the kiosk as the first one did. */
  #forget(): void {
    this.epoch += 1;
    // A number that is still on its way keeps its secret until it is known what became of it.
    if (this.#flow.step !== 'issuing') this.#parts.memory.setGiving(null);
    this.#do({ type: 'reset' });
    this.#language = null;
    this.#presence.forget();
    this.#help.forget();
    this.#paper.forget();
    this.#parts.onForget();
  }
}
