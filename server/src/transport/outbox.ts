import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { Entry, Signal } from '@schalter/shared/kernel/protocol.ts';
import type { JournalEntry } from '../engine/store.ts';
import { encode, encodeEntries, send, type DeviceSocket, type Encoded, type Line } from './frames.ts';

/** The moments at which a broadcast goes on; left out, all of it is written at once. */
export interface Pace {
  readonly nowMs: () => number;
  /** After what has come in meanwhile has been looked at. */
  readonly soon: (work: () => void) => void;
  readonly after: (ms: number, work: () => void) => void;
}

/** So long the loop belongs to a broadcast before commands and their answers get a look in. */
const SLICE_MS = 2;
/** The clock is looked at after so many sockets: a write takes some 5 µs. */
const SLICE_SOCKETS = 16;
/** A rest that is shorter is none: timers count in milliseconds. */
const REST_MS_MIN = 1;
/** However long a broadcast took: what waits is on the screens within two of them and this. */
const REST_MS_MAX = 10;
/** Entries that wait beyond this are written at once: whoever commands then waits for whoever listens. */
const MAX_WAITING = 512;

type Audiences = ReadonlyMap<Audience, ReadonlyMap<DeviceSocket, Line>>;
type Item =
  | { readonly kind: 'entries'; readonly entries: JournalEntry[]; readonly after: string | undefined }
  | { readonly kind: 'signal'; readonly signal: Signal; readonly least: readonly Audience[] };
/** One frame and all who get it. */
interface Round {
  readonly audience: Audience;
  readonly frame: Encoded;
  readonly lines: readonly Line[];
}

/**
 * What goes to all who listen to one stream, in order. A frame to a thousand screens takes ten milliseconds: it is
 * written in slices between which commands are heard, and the next one rests half as long as this one took. What
 * comes meanwhile goes out together.
 */
export class Outbox {
  readonly #streamId: string;
  readonly #audiences: Audiences;
  readonly #mask: (audience: Audience, entries: readonly JournalEntry[]) => Entry[];
  readonly #pace: Pace | null;
  readonly #waiting: Item[] = [];
  /** What is being written: the first from its line `#at` on. */
  #rounds: Round[] = [];
  #at = 0;
  #begunMs = 0;
  #isBusy = false;
  /** Since the broadcast began: only then each of its sockets is asked whether it still listens. */
  #hasAnyLeft = false;

  constructor(parts: {
    streamId: string;
    audiences: Audiences;
    mask: (audience: Audience, entries: readonly JournalEntry[]) => Entry[];
    pace: Pace | null;
  }) {
    this.#streamId = parts.streamId;
    this.#audiences = parts.audiences;
    this.#mask = parts.mask;
    this.#pace = parts.pace;
  }

  /** `after` is the command before the first of them. */
  entries(entries: readonly JournalEntry[], after?: string): void {
    const last = this.#waiting.at(-1);
    if (last?.kind === 'entries') last.entries.push(...entries);
    else this.#waiting.push({ kind: 'entries', entries: [...entries], after });
    this.#go();
  }

  signal(signal: Signal, least: readonly Audience[]): void {
    this.#waiting.push({ kind: 'signal', signal, least });
    this.#go();
  }

  /** Somebody no longer listens, or as somebody else. */
  left(): void {
    this.#hasAnyLeft = true;
  }

  #go(): void {
    if (this.#pace === null || this.#isTooFull()) this.#flush();
    else if (!this.#isBusy) this.#next();
  }

  #isTooFull(): boolean {
    return (
      this.#waiting.reduce((n, item) => n + (item.kind === 'entries' ? item.entries.length : 1), 0) >
      MAX_WAITING
    );
  }

  /** Everything, at once. */
  #flush(): void {
    this.#write(Infinity);
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      this.#begin(item);
      this.#write(Infinity);
    }
  }

  #next(): void {
    const item = this.#waiting.shift();
    this.#isBusy = item !== undefined;
    if (item === undefined) return;
    this.#begin(item);
    this.#goOn();
  }

  #begin(item: Item): void {
    this.#begunMs = this.#pace?.nowMs() ?? 0;
    this.#at = 0;
    this.#hasAnyLeft = false;
    this.#rounds = [...this.#audiences].flatMap(([audience, listening]) => {
      if (listening.size === 0) return [];
      const lines = [...listening.values()];
      return this.#framesOf(item, audience).map((frame) => ({ audience, frame, lines }));
    });
  }

  #framesOf(item: Item, audience: Audience): readonly Encoded[] {
    if (item.kind === 'entries')
      return encodeEntries(this.#streamId, this.#mask(audience, item.entries), item.after);
    return item.least.includes(audience) ? [encode('signal', item.signal)] : [];
  }

  #goOn(): void {
    const pace = this.#pace;
    if (pace === null) return;
    this.#write(pace.nowMs() + SLICE_MS);
    if (this.#rounds.length > 0) {
      pace.soon(() => this.#goOn());
      return;
    }
    const restMs = Math.min(REST_MS_MAX, (pace.nowMs() - this.#begunMs) / 2);
    if (restMs < REST_MS_MIN) this.#next();
    else pace.after(restMs, () => this.#next());
  }

  #write(untilMs: number): void {
    for (let round = this.#rounds[0]; round !== undefined; round = this.#rounds[0]) {
      const { audience, frame, lines } = round;
      for (let line = lines[this.#at]; line !== undefined; line = lines[this.#at]) {
        if (this.#at % SLICE_SOCKETS === 0 && (this.#pace?.nowMs() ?? 0) > untilMs) return;
        this.#at += 1;
        if (!this.#hasAnyLeft || this.#stillHears(line, audience)) send(line, frame);
      }
      this.#rounds.shift();
      this.#at = 0;
    }
  }

  /** Whoever has left, or may see something else, has been told by other means. */
  #stillHears({ socket }: Line, audience: Audience): boolean {
    return socket.data.subscriptions.get(this.#streamId) === audience;
  }
}
