import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { socketTransport } from './socket-transport.ts';

it('[Y45] [RT-05] an attempt that nobody answers does not keep the next one waiting', async () => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  const taken: Socket[] = [];
  const begun: number[] = [];
  // As in a network that carries nothing back: taken, and never answered.
  const server = createServer((socket) => {
    taken.push(socket);
    begun.push(performance.now());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const transport = socketTransport({ url: `http://127.0.0.1:${port}`, auth: {} });
  const detach = transport.attach({
    onConnect: () => undefined,
    onDisconnect: () => undefined,
    onRefused: () => undefined,
    onSnapshot: () => undefined,
    onEntries: () => undefined,
    onSignal: () => undefined,
  });
  await expect.poll(() => begun.length, { timeout: 15_000 }).toBe(2);
  expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeLessThan(10_000);
  detach();
  taken.forEach((socket) => socket.destroy());
  await new Promise((resolve) => server.close(resolve));
  vi.unstubAllGlobals();
}, 20_000);
