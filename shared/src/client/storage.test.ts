import { describe, expect, it } from 'vitest';
import { Device, online, other, START } from './connection.testing.ts';
import { pile, settled, STREAM } from './fake-stream.testing.ts';
import { memoryStore, type Store } from './store.ts';

const OF_B = { commandId: '', streamId: STREAM, type: 'put', input: { id: 'b' }, occurredAt: START };

describe('storage', () => {
  it('[Y10] [ST-03] a reload in the middle loses no command and no row', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    await device.send('put');
    await device.send('put');
    await settled();
    device.connection.close();
    const again = new Device(server, clock, device.store, clock, '2');
    await settled();
    expect([again.stones, again.state.seq, again.state.pending.count]).toEqual([3, 1, 2]);
    again.line.connect();
    await clock.advance(50);
    expect(again.line.hellos[0]?.lastSeq).toBe(1);
    expect([server.rows.get('a')?.stones, again.stones, again.state.pending.count]).toEqual([3, 3, 0]);
  });

  it('[Y20] after a reload as well, only the server says what became of a command that was sent', async () => {
    const { device, server, clock } = await online();
    let n = 0;
    device.line.weather = () => (n++ === 0 ? [1] : [null]);
    void device.send('put');
    await clock.advance(10);
    device.connection.close();
    await clock.advance(60_000);
    const again = new Device(server, clock, device.store, clock, '2');
    await settled();
    expect([again.state.refusals, again.state.pending.count]).toEqual([[], 1]);
    again.line.connect();
    await clock.advance(50);
    expect([again.state.refusals, again.state.pending.count, again.stones]).toEqual([[], 0, 2]);
  });

  it.each([true, false])(
    '[Y40] rows of earlier days follow before the line, or none are believed: %s',
    async (isRead) => {
      const { device, server, clock } = await online();
      server.execute({ ...OF_B, commandId: 'b' });
      await clock.advance(10);
      device.connection.close();
      const stored = await device.store.load();
      const piles = stored.rows['piles'] ?? [];
      const split: Store = {
        ...device.store,
        load: async () => ({
          ...stored,
          rows: { piles: piles.filter(({ id }) => id === 'a') },
          rest: () =>
            isRead
              ? Promise.resolve({ piles: piles.filter(({ id }) => id === 'b') })
              : Promise.reject(new Error('not read')),
        }),
      };
      const again = new Device(server, clock, split, clock, '2');
      await settled();
      expect([...again.state.live.rows.piles.keys()]).toEqual(['a']);
      expect(await again.send('put')).toMatchObject({ ok: 'queued' });
      await clock.advance(600);
      expect([...again.state.live.rows.piles.keys()]).toEqual(isRead ? ['a', 'b'] : ['a']);
      expect([again.state.seq, again.state.pending.count]).toEqual([isRead ? 2 : 0, 1]);
      again.line.connect();
      await clock.advance(50);
      expect([...again.state.live.rows.piles.keys()].sort()).toEqual(['a', 'b']);
      expect([again.state.status, again.stones, again.state.pending.count]).toEqual(['live', 2, 0]);
    },
  );

  it('[Y10] rows that were masked for a higher audience are not shown', async () => {
    const { device, server, clock } = await online();
    const stored = await device.store.load();
    const managers: Store = memoryStore();
    expect(stored.head).not.toBeNull();
    if (stored.head === null) return;
    await managers.saveSnapshot(stored.rows, { ...stored.head, audience: 'manager' }, []);
    const again = new Device(server, clock, managers);
    await settled();
    expect([again.state.seq, again.stones]).toEqual([0, 0]);
  });

  it.each(['full', 'broken'])(
    '[Y35] what a %s disk does not take is refused where nothing else has it',
    async (how) => {
      const { device, server, clock } = await online();
      device.connection.close();
      const store = memoryStore();
      const why = new DOMException('no', how === 'full' ? 'QuotaExceededError' : 'UnknownError');
      // As a library wraps it.
      const aborted = Object.assign(new Error('aborted'), { name: 'AbortError', inner: why });
      const next = new Device(server, clock, { ...store, putOutbox: () => Promise.reject(aborted) });
      await settled();
      next.line.connect();
      await clock.advance(10);
      // With a line it goes out all the same.
      const sent = next.send('put');
      await clock.advance(10);
      expect(await sent).toMatchObject({ ok: true });
      next.line.drop();
      expect(await next.send('put')).toEqual({ ok: false, code: 'notKept' });
      // What takes something away says nothing of whether more has room.
      next.connection.dismissRefusal('read');
      await settled();
      expect([next.state.storage, next.state.pending.count]).toEqual([how === 'full' ? 'full' : 'fails', 0]);
    },
  );

  it('[Y22] a full disk is said; when it works again all rows are written, without a hole', async () => {
    const { device, server, clock } = await online();
    device.connection.close();
    const store = memoryStore();
    let full = false;
    const guarded = (write: () => Promise<void>) =>
      full ? Promise.reject(new DOMException('no room', 'QuotaExceededError')) : write();
    const disk: Store = {
      ...store,
      saveEntries: (...write) => guarded(() => store.saveEntries(...write)),
      saveSnapshot: (...write) => guarded(() => store.saveSnapshot(...write)),
    };
    const next = new Device(server, clock, disk);
    await settled();
    next.line.connect();
    await clock.advance(10);
    full = true;
    other(server, 1);
    await clock.advance(10);
    expect([next.stones, next.state.storage]).toEqual([2, 'full']);
    full = false;
    server.execute({ commandId: 'b', streamId: STREAM, type: 'put', input: { id: 'b' }, occurredAt: START });
    await clock.advance(10);
    expect(next.state.storage).toBe('works');
    const { head, rows } = await store.load();
    expect([head?.seq, rows['piles']?.length]).toEqual([3, 2]);
    expect(rows['piles']?.find((row) => row.id === 'a')).toEqual(pile('a', 2));
  });
});
