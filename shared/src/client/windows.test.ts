// Several windows of one browser: one store, one person, one that sends.
import { describe, expect, it } from 'vitest';
import type { Connection } from './connection-state.ts';
import { createConnection } from './connection.ts';
import {
  FakeLine,
  FakeServer,
  predictPiles,
  settled,
  STREAM,
  TestClock,
  type Piles,
} from './fake-stream.testing.ts';
import { FakeBrowser } from './fake-windows.testing.ts';
import { memoryStore, type Store } from './store.ts';

const START = '2026-05-20T08:00:00.000Z';
/** A window that was killed is followed by the next within this time. */
const TAKEN_OVER_MS = 2_000;
const LOOK_MS = 31_000;
const OTHERS = { commandId: 'other', streamId: STREAM, type: 'put', input: { id: 'a' }, occurredAt: START };

interface Window {
  readonly line: FakeLine;
  readonly connection: Connection<Piles>;
  readonly close: () => void;
  readonly kill: () => void;
}

class Browser {
  readonly clock = new TestClock(START);
  readonly server = new FakeServer(this.clock);
  readonly disk = memoryStore();
  readonly browser = new FakeBrowser(this.clock);
  /** How often rows were written, by window. */
  readonly rowsBy: number[] = [];
  #ids = 0;
  #opened = 0;

  async open(shares?: (type: string) => boolean): Promise<Window> {
    const nth = this.#opened++;
    this.rowsBy.push(0);
    const line = new FakeLine(this.server, this.clock);
    const { windows, kill } = this.browser.window();
    let runs = true;
    const never = new Promise<never>(() => undefined);
    const alive = <A>(work: () => Promise<A>): Promise<A> => (runs ? work() : never);
    const counted = (): void => void (this.rowsBy[nth] = (this.rowsBy[nth] ?? 0) + 1);
    const { disk } = this;
    const store: Store = {
      load: () => disk.load(),
      unsettled: () => alive(() => disk.unsettled()),
      saveSnapshot: (...rows) => alive(() => (counted(), disk.saveSnapshot(...rows))),
      saveEntries: (...rows) => alive(() => (counted(), disk.saveEntries(...rows))),
      putOutbox: (queued) => alive(() => disk.putOutbox(queued)),
      removeOutbox: (ids) => alive(() => disk.removeOutbox(ids)),
      refuse: (refusal) => alive(() => disk.refuse(refusal)),
      dismiss: (id) => alive(() => disk.dismiss(id)),
    };
    const connection = createConnection<Piles>({
      transport: line,
      store,
      clock: this.clock,
      newCommandId: () => `019aa000-0000-7000-8000-${String(++this.#ids).padStart(12, '0')}`,
      streamId: STREAM,
      audience: 'staff',
      tables: ['piles'],
      policyOf: (type) => ({ offline: 'queue', expiresAfterMs: type === 'put' ? 30_000 : null }),
      predict: predictPiles,
      windows: shares === undefined ? windows : { ...windows, shares },
    });
    await this.clock.advance(5);
    return {
      line,
      connection,
      close: () => connection.close(),
      kill: () => {
        runs = false;
        kill();
        connection.close();
      },
    };
  }

  async two(): Promise<[Window, Window]> {
    const both: [Window, Window] = [await this.open(), await this.open()];
    for (const { line } of both) line.connect();
    await this.clock.advance(20);
    return both;
  }
}

const put = ({ connection }: Window) => connection.send('put', { id: 'a' });
const take = ({ connection }: Window) => connection.send('take', { id: 'a' });
const pendingOf = (...windows: readonly Window[]) =>
  windows.map(({ connection }) => connection.getState().pending.count);
const stonesIn = ({ connection }: Window): number =>
  connection.getState().live.rows.piles.get('a')?.stones ?? 0;
const sentBy = ({ line }: Window): string[] => line.sentCommands.map(({ commandId }) => commandId);

describe('[Y31] one of several windows sends', () => {
  it('[REG 152259] two windows, offline commands are pushed once', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    a.line.drop();
    b.line.drop();
    for (let n = 0; n < 3; n++) {
      for (const window of [a, b]) {
        await put(window);
        await browser.clock.advance(5);
      }
    }
    expect(pendingOf(a, b)).toEqual([6, 6]);
    // The one that may not send is back first.
    b.line.connect();
    await browser.clock.advance(500);
    expect(sentBy(b)).toEqual([]);
    a.line.connect();
    await browser.clock.advance(100);
    const sent = [...sentBy(a), ...sentBy(b)];
    expect([sent.length, new Set(sent).size]).toEqual([6, 6]);
    expect(sent).toEqual([...sent].sort());
    expect([stonesIn(a), stonesIn(b), browser.server.seq]).toEqual([6, 6, 6]);
    expect(pendingOf(a, b)).toEqual([0, 0]);
    expect((await browser.disk.load()).outbox).toEqual([]);
  });

  it('and writes the rows; the next one writes all of its own', async () => {
    const browser = new Browser();
    const [a] = await browser.two();
    void put(a);
    await browser.clock.advance(10);
    expect(browser.rowsBy[0]).toBeGreaterThan(0);
    expect(browser.rowsBy[1]).toBe(0);
    a.line.drop();
    browser.server.execute(OTHERS);
    await browser.clock.advance(10);
    expect((await browser.disk.load()).head?.seq).toBe(1);
    // Nothing that the first has missed is left out on the disk.
    a.close();
    await browser.clock.advance(100);
    const { head, rows } = await browser.disk.load();
    expect([head?.seq, rows['piles']?.map((row) => (row as unknown as { stones: number }).stones)]).toEqual([
      2,
      [2],
    ]);
  });

  it('what is not on the common disk is sent by the window that was asked', async () => {
    const browser = new Browser();
    await browser.open((type) => type === 'put');
    const second = await browser.open((type) => type === 'put');
    second.line.connect();
    await browser.clock.advance(20);
    void put(second);
    await browser.clock.advance(20);
    expect(second.line.sentCommands).toEqual([]);
    void take(second);
    await browser.clock.advance(20);
    expect(second.line.sentCommands.map(({ type }) => type)).toEqual(['take']);
  });
});

describe('[Y32] all windows know', () => {
  it('who asks in a window that does not send still hears the answer, and what it says', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    const accepted = put(b);
    await settled();
    expect([stonesIn(b), pendingOf(b)]).toEqual([1, [1]]);
    await browser.clock.advance(20);
    expect(await accepted).toEqual({ ok: true, seq: 1, result: null });
    const refused = [take(b), take(b)];
    await browser.clock.advance(20);
    expect(await Promise.all(refused)).toMatchObject([{ ok: true }, { ok: false, code: 'queueEmpty' }]);
    expect([sentBy(a).length, sentBy(b).length]).toEqual([3, 0]);
  });

  it('a refusal stands in every window, and is read in all at once', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    void take(b);
    await browser.clock.advance(20);
    for (const { connection } of [a, b])
      expect(connection.getState().refusals).toMatchObject([{ type: 'take', code: 'queueEmpty' }]);
    // Nobody waited for it in the first window, somebody did in the second.
    expect([a, b].map(({ connection }) => connection.getState().refusals[0]?.late)).toEqual([true, false]);
    b.connection.dismissRefusal(b.connection.getState().refusals[0]?.commandId ?? '');
    await browser.clock.advance(5);
    expect([a, b].map(({ connection }) => connection.getState().refusals)).toEqual([[], []]);
    expect((await browser.disk.load()).refusals).toEqual([]);
  });

  it('what expires does so once, in the window that sends', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    a.line.drop();
    b.line.drop();
    await put(b);
    await browser.clock.advance(40_000);
    for (const { connection } of [a, b])
      expect(connection.getState()).toMatchObject({
        pending: { count: 0 },
        refusals: [{ code: 'commandExpired' }],
      });
  });
});

describe('[Y33] the turn goes on', () => {
  it.each(['closes', 'is killed'])('[REG 152259] a window that %s is followed by the next', async (how) => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    // Its commands arrive, the answers do not.
    let n = 0;
    a.line.weather = () => (n++ === 0 ? [1] : [null]);
    void put(a);
    await browser.clock.advance(3);
    void take(b);
    void put(a);
    await browser.clock.advance(3);
    expect(sentBy(a)).toHaveLength(1);
    if (how === 'closes') a.close();
    else a.kill();
    await browser.clock.advance(TAKEN_OVER_MS);
    expect(sentBy(b)).toHaveLength(3);
    expect(sentBy(b)[0]).toBe(sentBy(a)[0]);
    expect(browser.server.journal).toHaveLength(3);
    expect([pendingOf(b), stonesIn(b)]).toEqual([[0], 1]);
    expect(await browser.disk.load()).toMatchObject({ outbox: [], refusals: [], head: { seq: 3 } });
  });

  it('what may have arrived does not expire with the next one', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    let n = 0;
    a.line.weather = () => (n++ === 0 ? [1] : [null]);
    b.line.drop();
    void put(a);
    await browser.clock.advance(10);
    a.kill();
    await browser.clock.advance(60_000);
    expect(b.connection.getState()).toMatchObject({ pending: { count: 1 }, refusals: [] });
    b.line.connect();
    await browser.clock.advance(50);
    expect(b.connection.getState()).toMatchObject({ pending: { count: 0 }, refusals: [] });
    expect(stonesIn(b)).toBe(1);
  });
});

describe('[Y34] what windows did not hear of each other', () => {
  it('is found in the store: nothing waits for ever, and no count lies', async () => {
    const browser = new Browser();
    const [a, b] = await browser.two();
    browser.browser.delivers = false;
    void put(b);
    void take(b);
    void take(b);
    await browser.clock.advance(100);
    expect(sentBy(a)).toEqual([]);
    await browser.clock.advance(2 * LOOK_MS);
    expect(sentBy(a)).toHaveLength(3);
    expect(pendingOf(a, b)).toEqual([0, 0]);
    expect([stonesIn(a), stonesIn(b)]).toEqual([0, 0]);
    expect(b.connection.getState().refusals).toMatchObject([{ code: 'queueEmpty' }]);
  });
});
