import { describe, expect, it } from 'vitest';
import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { Welcome } from '../kernel/protocol.ts';
import { reject } from '../kernel/rejections.ts';
import { speaking } from './dialect.ts';
import type { Transport } from './transport.ts';

const NEWER = {
  call: { fields: { why: 2, whom: 3 } },
  share: { since: 2 },
  told: { since: 2, record: true },
} as const;
const ACCEPTED: Answer = { ok: true, seq: 1, result: null };

/** A server that keeps the first input of a command and calls any other of it a reuse, as the engine does. */
class Server {
  dialect: number | undefined;
  readonly heard: unknown[] = [];
  readonly known = new Map<string, string>();
  isDown = false;

  readonly transport: Transport = {
    attach: () => () => undefined,
    isConnected: () => true,
    sendHello: () => {
      const welcome: Welcome = { ok: true, audience: 'staff' };
      return Promise.resolve(this.dialect === undefined ? welcome : { ...welcome, dialect: this.dialect });
    },
    sendCommand: ({ commandId, input }) => {
      this.heard.push(input);
      const text = JSON.stringify(input);
      const before = this.known.get(commandId);
      this.known.set(commandId, before ?? text);
      if (this.isDown) return Promise.resolve(null);
      return Promise.resolve(before === undefined || before === text ? ACCEPTED : reject('commandIdReused'));
    },
  };
}

const HELLO = { streamId: 's', audience: 'staff', lastSeq: 0, protocol: 1 } as const;
const command = (type: string, input: unknown): CommandEnvelope => ({
  ...{ commandId: 'c', streamId: 's', type, input },
  occurredAt: '2026-05-20T08:00:00.000Z',
});
const CALL = command('call', { counterId: 'a', why: 'b', whom: 'c' });

async function line(server: Server, dialect: number | undefined) {
  server.dialect = dialect;
  const transport = speaking(server.transport, NEWER);
  await transport.sendHello(HELLO);
  return transport;
}

describe('dialects', () => {
  it.each([
    [undefined, { counterId: 'a' }],
    [2, { counterId: 'a', why: 'b' }],
    [3, { counterId: 'a', why: 'b', whom: 'c' }],
    [9, { counterId: 'a', why: 'b', whom: 'c' }],
  ])('[UP6] a server of dialect %s is told what it knows', async (dialect, input) => {
    const server = new Server();
    expect(await (await line(server, dialect)).sendCommand(CALL)).toEqual(ACCEPTED);
    expect(server.heard).toEqual([input]);
  });

  it('[UP6] what was there from the first release is said as it is', async () => {
    const server = new Server();
    await (await line(server, undefined)).sendCommand(command('old', { why: 'b' }));
    expect(server.heard).toEqual([{ why: 'b' }]);
  });

  it('[UP6] a request that an older server cannot know is refused with its reason, a record waits', async () => {
    const server = new Server();
    const older = await line(server, undefined);
    expect(await older.sendCommand(command('share', {}))).toEqual(reject('serverTooOld'));
    expect(await older.sendCommand(command('told', {}))).toBeNull();
    expect(server.heard).toEqual([]);
    expect(await (await line(server, 2)).sendCommand(command('told', {}))).toEqual(ACCEPTED);
  });

  it.each([undefined, 2])(
    '[UP7] sent to a server of dialect %s that died before it answered, asked again of a newer one: its own answer',
    async (dialect) => {
      const server = new Server();
      server.isDown = true;
      expect(await (await line(server, dialect)).sendCommand(CALL)).toBeNull();
      server.isDown = false;
      expect(await (await line(server, 3)).sendCommand(CALL)).toEqual(ACCEPTED);
    },
  );

  it('[UP7] an id that somebody else has used stays refused', async () => {
    const server = new Server();
    server.known.set('c', 'something else');
    expect(await (await line(server, 3)).sendCommand(CALL)).toEqual(reject('commandIdReused'));
  });
});
