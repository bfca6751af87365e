// One device's own network: a way to the server that can really be cut.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { Line } from '../chaos/proxy.ts';

/** `cut`: connections are reset and new ones refused. `silent`: nothing passes any more, and nobody is told. */
type Condition = 'up' | 'cut' | 'silent';

/** What goes through here is this device's alone: the page, its service worker, its socket. */
export class DeviceNetwork {
  readonly #target: number;
  readonly #lines = new Set<Line>();
  #server: Server;
  #port = 0;
  #condition: Condition = 'up';

  private constructor(target: number) {
    this.#target = target;
    this.#server = this.#newServer();
  }

  static async open(serverUrl: string): Promise<DeviceNetwork> {
    const network = new DeviceNetwork(Number(new URL(serverUrl).port));
    await network.#listen();
    return network;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** A cable that is pulled at a switch which says so. */
  cut(): void {
    this.#condition = 'cut';
    this.#server.close();
    for (const line of this.#lines) line.cut();
  }

  /** A cable that is pulled somewhere behind it: packets vanish. */
  silence(): void {
    this.#condition = 'silent';
    for (const line of this.#lines) line.weather({ silent: true });
  }

  async mend(): Promise<void> {
    const before = this.#condition;
    this.#condition = 'up';
    if (before === 'cut') {
      this.#server = this.#newServer();
      await this.#listen();
    }
    for (const line of this.#lines) line.weather({});
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #newServer(): Server {
    return createServer((near) => {
      const line = new Line(near, connect(this.#target, '127.0.0.1'), (ended) => this.#lines.delete(ended));
      this.#lines.add(line);
      if (this.#condition === 'silent') line.weather({ silent: true });
    });
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, 'localhost');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }
}
