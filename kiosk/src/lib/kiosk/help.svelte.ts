import type { Sent } from '@schalter/shared/client/sender.ts';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import type { Help } from './modes.ts';

/** How long the screen says that somebody is coming. */
const COMING_MS = 60_000;

/** Calls a member of staff to this kiosk, and says what became of it. */
export class HelpCall {
  readonly #deviceId: string;
  readonly #send: (type: string, input: unknown) => Promise<Sent>;
  #progress = $state.raw<'none' | 'calling' | 'failed' | 'called'>('none');

  constructor(deviceId: string, send: (type: string, input: unknown) => Promise<Sent>) {
    this.#deviceId = deviceId;
    this.#send = send;
  }

  async call(): Promise<void> {
    this.#progress = 'calling';
    const answer = await this.#send('queue.requestHelp', {});
    this.#progress = answer.ok === false ? 'failed' : 'called';
  }

  /** The request itself is a row: staff resolve it when they come. */
  stateIn(live: QueueLive, now: string): Help {
    const own = [...live.rows.helpRequests.values()].filter(({ deviceId }) => deviceId === this.#deviceId);
    if (own.some(({ resolvedAt }) => resolvedAt === null)) return 'called';
    if (this.#progress !== 'called') return this.#progress;
    const resolvedAt = own
      .map((request) => request.resolvedAt ?? '')
      .sort()
      .at(-1);
    if (resolvedAt === undefined) return 'called';
    return Date.parse(now) - Date.parse(resolvedAt) < COMING_MS ? 'coming' : 'none';
  }

  forget(): void {
    this.#progress = 'none';
  }
}
