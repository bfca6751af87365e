import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import type { SecurityEvent } from '@schalter/shared/platform/security.ts';
import type { Engine } from '../engine/execute.ts';
import type { Clock } from '../ports/clock.ts';
import { submit, type Parts } from '../transport/caller.ts';
import type { Person } from '../transport/routes.ts';

/** What is told of an event; who and what it is not about is left out. */
export interface Told extends Partial<Omit<SecurityEvent, 'event' | 'count'>> {
  readonly event: SecurityEvent['event'];
  readonly organisationId: string;
}

/** Events of one kind that repeat are one entry a minute: whoever guesses, or walks through, does not fill the journal. */
const WINDOW_MS = 60_000;
const COLLAPSED: ReadonlySet<SecurityEvent['event']> = new Set([
  'signInFailed',
  'accessDenied',
  'proofFailed',
  'recordRead',
]);
/** Windows open at once; where there are more, the oldest is written early. */
const WINDOWS_MAX = 10_000;

interface Window {
  readonly told: Told;
  more: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * What concerns security and is no command, as entries of the organisation's stream: the one place that sign-in,
 * routes and exports call. It never throws and never stands in the way; `record` says whether the entry is there, for
 * those who must not go on without it.
 */
export class SecurityEvents {
  readonly #parts: { readonly engine: Engine; readonly clock: Clock };
  readonly #onError: (error: unknown) => void;
  readonly #windows = new Map<string, Window>();

  constructor(parts: { engine: Engine; clock: Clock; onError: (error: unknown) => void }) {
    this.#parts = parts;
    this.#onError = parts.onError;
  }

  record(told: Told): Promise<boolean> {
    if (!COLLAPSED.has(told.event)) return this.#write(told, 1);
    const key = keyOf(told);
    const open = this.#windows.get(key);
    if (open !== undefined) {
      open.more += 1;
      return Promise.resolve(true);
    }
    this.#open(key, told);
    return this.#write(told, 1);
  }

  /** Writes what has been counted and not said yet. */
  async stop(): Promise<void> {
    await Promise.all([...this.#windows.keys()].map((key) => this.#close(key)));
  }

  #open(key: string, told: Told): void {
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined && this.#windows.size >= WINDOWS_MAX) void this.#close(oldest);
    const timer = setTimeout(() => {
      const again = (this.#windows.get(key)?.more ?? 0) > 0;
      void this.#close(key);
      // Whoever goes on is told of once a minute, not twice.
      if (again) this.#open(key, told);
    }, WINDOW_MS);
    timer.unref();
    this.#windows.set(key, { told, more: 0, timer });
  }

  async #close(key: string): Promise<void> {
    const window = this.#windows.get(key);
    if (window === undefined) return;
    clearTimeout(window.timer);
    this.#windows.delete(key);
    if (window.more > 0) await this.#write(window.told, window.more);
  }

  async #write({ organisationId, ...told }: Told, count: number): Promise<boolean> {
    const nobody = {
      personId: null,
      byPersonId: null,
      deviceId: null,
      locationId: null,
      what: null,
      seq: null,
    };
    const input: SecurityEvent = { ...nobody, ...told, count };
    try {
      const answer = await submit(this.#parts, {
        streamId: organisationId,
        type: 'platform.recordSecurityEvent',
        input,
        actor: { kind: 'system' },
      });
      if (!answer.ok) throw new Error(`${told.event} could not be recorded: ${answer.code}`);
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }
}

/** By whom or about whom; a record that was read is told of for itself. */
const keyOf = (told: Told): string =>
  [
    told.organisationId,
    told.event,
    told.personId ?? told.byPersonId ?? told.deviceId,
    ...(told.event === 'recordRead' ? [told.what, told.locationId, told.seq] : []),
  ].join('/');

/** Where the organisation wants it: who reads a sensitive record is written down, or does not read it. */
export async function recordRead(
  { engine, security }: Pick<Parts, 'engine' | 'security'>,
  { personId, deviceId }: Person,
  { organisationId, locationId }: Scope,
  what: 'tickets.search' | 'audit.search' | 'audit.entry',
  seq: number | null = null,
): Promise<Rejection | null> {
  const isWanted = await engine.read(
    organisationId,
    ({ live }) => live.rows.organisations.get(organisationId)?.recordReads ?? false,
  );
  if (isWanted !== true) return null;
  const read = {
    event: 'recordRead',
    organisationId,
    byPersonId: personId,
    deviceId,
    locationId,
    what,
    seq,
  } as const;
  return (await security.record(read)) ? null : reject('unavailable');
}
