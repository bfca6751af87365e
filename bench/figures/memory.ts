import { fileURLToPath } from 'node:url';
import { PROTOCOL } from '@schalter/shared/kernel/protocol.ts';
import type { Hour, Opened, Sample } from '../lib/busy-day-server.ts';
import { startChild, type Child } from '../lib/child.ts';
import { startDatabase } from '../lib/database.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import type { Counted, OpenClients } from '../lib/raw-clients.ts';
import { median } from '../lib/stats.ts';

const HOURS = 24;
const TICKETS = 5_000;
/** The station's day ends at 04:00 in Zurich, 02:00 UTC in May: between the last two samples. */
const DAY_END_MS = Date.UTC(2026, 4, 21, 2);
const HOUR_MS = 3_600_000;
const BEGIN_MS = DAY_END_MS - (HOURS - 1) * HOUR_MS;
/** The evening before: what is compiled and cached once is there when the day begins. */
const WARM_TICKETS = 500;
const WALLS = 20;
const QUARTER = HOURS / 4;
const TARGET_SHARE = 0.1;
const MB = 1_048_576;

const file = (name: string): string => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

export const memory: Measurement = {
  key: 'memory',
  takesS: 120,
  async measure({ say }) {
    const database = await startDatabase();
    const server = startChild(file('busy-day-server.ts'));
    const walls = startChild(file('raw-clients.ts'));
    try {
      const warmMs = BEGIN_MS - 2 * HOUR_MS;
      const opened = await server.ask<Opened>('open', { databaseUrl: database.url, fromMs: warmMs });
      await hang(walls, opened);
      await server.ask('hour', { fromMs: warmMs, tickets: WARM_TICKETS } satisfies Hour);
      await server.ask('dayEnd', BEGIN_MS);
      await database.analyze();
      const samples: Sample[] = [];
      for (let n = 0; n < HOURS; n += 1) {
        const fromMs = BEGIN_MS + n * HOUR_MS;
        if (fromMs === DAY_END_MS) await server.ask('dayEnd', fromMs);
        const tickets = Math.floor(((n + 1) * TICKETS) / HOURS) - Math.floor((n * TICKETS) / HOURS);
        await server.ask('hour', { fromMs, tickets } satisfies Hour);
        const sample = await server.ask<Sample>('sample');
        samples.push(sample);
        say(`hour ${n + 1}: ${fixed(sample.heapBytes / MB)} MB, ${sample.live} tickets live`);
      }
      const { closed } = await walls.ask<Counted>('count');
      return [figureOf(samples, closed)];
    } finally {
      await Promise.all([walls.stop(), server.stop()]);
      await database.stop();
    }
  },
};

const hang = (walls: Child, { port, streamId, token }: Opened): Promise<unknown> =>
  walls.ask('open', {
    url: `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`,
    count: WALLS,
    headers: { Authorization: `Bearer ${token}` },
    socketIo: { auth: {}, hello: { streamId, audience: 'display', lastSeq: 0, protocol: PROTOCOL } },
  } satisfies OpenClients);

function figureOf(samples: readonly Sample[], closed: number): Figure {
  const heap = (from: number, to: number): number =>
    median(samples.slice(from, to).map(({ heapBytes }) => heapBytes)) / MB;
  const [second, last] = [heap(QUARTER, 2 * QUARTER), heap(HOURS - QUARTER, HOURS)];
  const growth = last / second - 1;
  const resident = samples.map(({ rssBytes }) => rssBytes / MB);
  return {
    name: `memory over ${HOURS} hours with ${TICKETS} tickets: last quarter by the second`,
    value: `${growth < 0 ? '' : '+'}${fixed(growth * 100)} %`,
    target: `± ${TARGET_SHARE * 100} %`,
    ok: Math.abs(growth) <= TARGET_SHARE,
    details: [
      `heap after a forced collection, median: hours 7 to 12 ${fixed(second)} MB, hours 19 to 24 ${fixed(last)} MB; ` +
        `first hour ${fixed((samples[0]?.heapBytes ?? 0) / MB)} MB, after the day's end ${fixed((samples.at(-1)?.heapBytes ?? 0) / MB)} MB`,
      `resident ${fixed(Math.min(...resident), 0)} to ${fixed(Math.max(...resident), 0)} MB; ${WALLS} walls listened, ${closed} were lost`,
    ],
  };
}
