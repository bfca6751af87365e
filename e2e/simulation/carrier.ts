import type { Sms, SmsOutcome, SmsRequest } from '@schalter/server/src/ports/sms.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

const ANSWER_MS = 400;

/** A carrier with a ledger and a clock that is right, which may take a message and lose the answer. */
export class Carrier implements Sms {
  readonly kind = 'twilio';
  readonly accepted: (SmsRequest & { providerId: string; at: string })[] = [];
  readonly #forgotten = new Set<string>();
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  /** Of an answer to be lost. */
  fails = 0;

  constructor(time: VirtualTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  send = async (request: SmsRequest): Promise<SmsOutcome> => {
    await this.#time.wait(this.#chance.below(ANSWER_MS));
    if (this.#chance.happens(this.fails / 2)) return { outcome: 'unknown', reason: 'ECONNRESET' };
    const providerId = `SM${this.accepted.length}`;
    this.accepted.push({ ...request, providerId, at: this.#time.iso });
    if (this.#chance.happens(this.fails)) return { outcome: 'unknown', reason: 'timeout' };
    return { outcome: 'accepted', providerId };
  };

  findSent: Sms['findSent'] = async ({ to, body, since, except }) => {
    await this.#time.wait(this.#chance.below(ANSWER_MS));
    if (this.#chance.happens(this.fails)) return { outcome: 'unknown', reason: 'http500' };
    const found = this.accepted.find(
      (m) => m.to === to && m.body === body && m.at >= since && !except.includes(m.providerId),
    );
    return found === undefined ? { outcome: 'absent' } : { outcome: 'found', providerId: found.providerId };
  };

  statusOf: Sms['statusOf'] = () => Promise.resolve(null);
  verifyCallback = (): boolean => true;

  /** The house has forgotten what it sent since then, and cannot know. */
  restored(copiedAt: string): void {
    for (const { at, messageId } of this.accepted) if (at >= copiedAt) this.#forgotten.add(messageId);
  }

  /** Messages that a customer got twice. */
  get doubles(): readonly string[] {
    const ids = this.accepted.map(({ messageId }) => messageId);
    return ids.filter((id, i) => ids.indexOf(id) !== i && !this.#forgotten.has(id));
  }
}
