// A wire to a server that can be cut: connections end at once, in good order or by a reset.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** The same address, by way of this wire. */
  readonly url: string;
  cut(how: 'end' | 'reset'): void;
  /** While held, nothing of what the other side sends arrives. */
  hold(held: boolean): void;
  close(): Promise<void>;
}

export async function cuttable(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let held = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pair = { near, far };
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    if (held) far.pause();
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const side of [near, far]) side.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut(how) {
      for (const { near } of [...pairs]) {
        if (how === 'reset') near.resetAndDestroy();
        else near.destroy();
      }
    },
    hold(wanted) {
      held = wanted;
      for (const { near, far } of pairs) {
        if (wanted) far.unpipe(near);
        else far.pipe(near);
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const { near } of [...pairs]) near.destroy();
        if (server.listening) server.close(() => resolve());
        else resolve();
      }),
  };
}
