import type { Audience } from '../kernel/audience.ts';
import { FIRST, OLDEST_PROTOCOL, type Hello } from '../kernel/protocol.ts';
import type { RejectionCode } from '../kernel/rejections.ts';
import type { DeviceClock, Transport } from './transport.ts';

/** Between two hellos on one line, so that a gap can't turn into a flood. */
const RETRY_MS = 1_000;
/** The server will not have us, and asking again changes nothing. */
const FINAL: ReadonlySet<RejectionCode> = new Set([
  'notSignedIn',
  'deviceRevoked',
  'notPermitted',
  'protocolTooOld',
  'serverTooOld',
  'unknownStream',
]);

export interface GreeterHost {
  hello(): Hello;
  onWelcome(audience: Audience): void;
  onRefused(code: RejectionCode): void;
}

/** Says hello until it is welcome or refused for good; one at a time. */
export class Greeter {
  readonly #host: GreeterHost;
  readonly #transport: Transport;
  readonly #clock: DeviceClock;
  #busy = false;
  #wanted = false;
  #closed = false;
  #cancel: () => void = () => undefined;

  constructor(host: GreeterHost, transport: Transport, clock: DeviceClock) {
    this.#host = host;
    this.#transport = transport;
    this.#clock = clock;
  }

  get busy(): boolean {
    return this.#busy;
  }

  greet(): void {
    this.#wanted = true;
    if (!this.#busy) void this.#greet();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #greet(): Promise<void> {
    this.#busy = true;
    this.#wanted = false;
    this.#cancel();
    const answer = await this.#transport.sendHello(this.#host.hello());
    this.#busy = false;
    if (this.#closed || !this.#transport.isConnected()) return;
    if (answer?.ok === true && (answer.protocol ?? FIRST) < OLDEST_PROTOCOL)
      this.#host.onRefused('serverTooOld');
    else if (answer?.ok === true) this.#host.onWelcome(answer.audience);
    else if (answer !== null && FINAL.has(answer.code)) this.#host.onRefused(answer.code);
    else this.#wanted = true;
    if (this.#wanted) this.#cancel = this.#clock.after(RETRY_MS, () => this.greet());
  }
}
