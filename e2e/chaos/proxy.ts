// The network between two sides, as a process of ours: each connection can be slow, thin, silent or cut.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What is wrong with a connection at the moment. */
interface Weather {
  delayMs: number;
  /** Bytes per second; null for as fast as it goes. */
  rate: number | null;
  /** Nothing passes in either direction, and neither side is told. */
  silent: boolean;
}

const FAIR: Weather = { delayMs: 0, rate: null, silent: false };
/** A silent line is looked at so often whether it speaks again. */
const SILENT_POLL_MS = 20;
/** A thin line lets through this many milliseconds' worth at a time, so that it is not thin for longer than meant. */
const THIN_STEP_MS = 100;

export class Line {
  readonly #near: Socket;
  readonly #far: Socket;
  #weather = FAIR;

  constructor(near: Socket, far: Socket, onEnd: (line: Line) => void) {
    this.#near = near;
    this.#far = far;
    this.#carry(near, far);
    this.#carry(far, near);
    for (const side of [near, far]) {
      side.on('error', () => this.cut());
      side.on('close', () => {
        this.cut();
        onEnd(this);
      });
    }
  }

  /** Bytes in their order, each piece when the weather lets it through. */
  #carry(from: Socket, to: Socket): void {
    from.on('data', (piece: Buffer) => {
      from.pause();
      void this.#pass(piece.length).then(() => {
        if (to.destroyed) return;
        to.write(piece);
        from.resume();
      });
    });
  }

  async #pass(bytes: number): Promise<void> {
    const { delayMs } = this.#weather;
    if (delayMs > 0) await delay(delayMs);
    for (let left = bytes; left > 0 && this.#weather.rate !== null && !this.#near.destroyed;) {
      const stepMs = Math.min(THIN_STEP_MS, (left / this.#weather.rate) * 1_000);
      left -= (this.#weather.rate * stepMs) / 1_000;
      await delay(stepMs);
    }
    while (this.#weather.silent && !this.#near.destroyed) await delay(SILENT_POLL_MS);
  }

  weather(weather: Partial<Weather>): void {
    this.#weather = { ...FAIR, ...weather };
  }

  cut(): void {
    // A reset, not a good-bye: what was under way is lost.
    for (const side of [this.#near, this.#far]) if (!side.destroyed) side.resetAndDestroy();
  }
}

export class Proxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();

  /** Each new connection goes to the port that `target` names; null refuses it. */
  constructor(target: () => number | null) {
    this.#server = createServer((near) => {
      const port = target();
      if (port === null) return void near.resetAndDestroy();
      const far = connect(port, '127.0.0.1');
      this.#lines.add(new Line(near, far, (line) => this.#lines.delete(line)));
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get lines(): readonly Line[] {
    return [...this.#lines];
  }

  heal(): void {
    for (const line of this.#lines) line.weather({});
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
