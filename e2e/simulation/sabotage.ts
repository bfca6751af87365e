import type { Store as Database } from '@schalter/server/src/engine/store.ts';
import type { TransportListener } from '@schalter/shared/client/transport.ts';
import type { Entry } from '@schalter/shared/kernel/protocol.ts';
import type { Desk } from '../../kiosk/src/lib/kiosk/issue.ts';
import type { Sabotage } from './world.ts';

const through = (database: Database): Database => ({
  openStream: (head) => database.openStream(head),
  append: (head, ids, batch) => database.append(head, ids, batch),
  transact: (id, ids, work) => database.transact(id, ids, work),
  head: (id) => database.head(id),
  heads: (ids) => database.heads(ids),
  journalAfter: (id, seq, limit) => database.journalAfter(id, seq, limit),
  load: (id) => database.load(id),
});

/** What was answered before is forgotten: a command that comes again is decided again. */
const forgetfulDatabase = (database: Database): Database => ({
  ...through(database),
  transact: (id, ids, work) => database.transact(id, ids, (tx) => work({ ...tx, known: new Map() })),
});

/** It says "committed" before it is, as with synchronous_commit = off. */
const hastyDatabase = (database: Database): Database => ({
  ...through(database),
  transact: <T>(id: string, ids: readonly string[], work: Parameters<Database['transact']>[2]) =>
    new Promise<T | null>((resolve, reject) => {
      database
        .transact(id, ids, async (tx) => {
          const result = await work(tx);
          resolve(result as T);
          await new Promise(setImmediate);
        })
        .then((none) => {
          if (none === null) resolve(null);
        }, reject);
    }),
});

/** The journal leaves out an entry of what a process has missed. */
const leakyDatabase = (database: Database): Database => ({
  ...through(database),
  journalAfter: async (id, seq, limit) => (await database.journalAfter(id, seq, limit)).slice(1),
});

/** A replica that does not mind a gap: what is missing counts as empty. */
function deafToGaps(listener: TransportListener): TransportListener {
  let seq = 0;
  const padded = (entries: readonly Entry[]): Entry[] =>
    entries.flatMap((entry) => {
      const missing = seq === 0 ? 0 : Math.max(0, entry.seq - seq - 1);
      const from = seq + 1;
      seq = Math.max(seq, entry.seq);
      const empty = Array.from({ length: missing }, (_, i) => ({
        seq: from + i,
        commandId: '',
        changes: [],
      }));
      return [...empty, entry];
    });
  return {
    onConnect: () => listener.onConnect(),
    onDisconnect: () => listener.onDisconnect(),
    onRefused: (code) => listener.onRefused(code),
    onSignal: (signal) => listener.onSignal(signal),
    onSnapshot: (snapshot) => {
      seq = Math.max(seq, snapshot.seq);
      listener.onSnapshot(snapshot);
    },
    onEntries: ({ streamId, entries }) => listener.onEntries({ streamId, entries: padded(entries) }),
  };
}

/** Every kiosk of a world gets the block that the first of them was given for that day. */
function leasedTwice(): (send: Desk['send']) => Desk['send'] {
  const first = new Map<string, Awaited<ReturnType<Desk['send']>>>();
  return (send) => async (type, input) => {
    const answer = await send(type, input);
    const { businessDay } = input as { businessDay: string };
    if (answer.ok !== true) return answer;
    const before = first.get(businessDay) ?? answer;
    first.set(businessDay, before);
    return before;
  };
}

/** Ways to break the product, each with what the simulation must say of it. */
export const SABOTAGES: readonly { name: string; says: RegExp; sabotage: Sabotage }[] = [
  {
    name: 'an answer that is forgotten',
    says: /took effect twice/,
    sabotage: { database: forgetfulDatabase },
  },
  {
    name: 'an acknowledgement before the commit',
    says: /was acknowledged at \d+, where it is not/,
    sabotage: { database: hastyDatabase },
  },
  {
    name: 'a journal that leaves out its first entry',
    says: /other rows|after the faults have stopped|the journal at/,
    sabotage: { database: leakyDatabase },
  },
  { name: 'a replica that passes over gaps', says: /other rows/, sabotage: { listener: deafToGaps } },
  {
    name: 'a disk that loses rows',
    says: /has stored other rows/,
    sabotage: {
      deviceStore: (store) => ({
        ...store,
        saveEntries: (changes, head, settled) => store.saveEntries(changes.slice(1), head, settled),
      }),
    },
  },
  {
    name: 'an outbox that is emptied when its command goes out',
    says: /has lost command/,
    sabotage: {
      deviceStore: (store) => ({
        ...store,
        putOutbox: async (queued) => {
          await store.putOutbox(queued);
          if (queued.sent) await store.removeOutbox([queued.command.commandId]);
        },
      }),
    },
  },
  {
    name: 'a block of numbers that is leased twice',
    says: /stands on two papers/,
    sabotage: { lease: leasedTwice },
  },
  {
    name: 'a device that takes a sequence alone for its place',
    says: /other rows|went back|what a restore has taken/,
    sabotage: {
      hello: ({ streamId, audience, lastSeq, protocol }) => ({ streamId, audience, lastSeq, protocol }),
    },
  },
  {
    name: 'a house that does not notice who is away',
    says: /nobody keeps its share/,
    sabotage: { away: (watch) => ({ ...watch, lost: () => undefined }) },
  },
  {
    name: 'a heartbeat that is taken for being in sync',
    says: /says it is live/,
    sabotage: {
      listener: (listener) => ({
        onConnect: () => listener.onConnect(),
        onDisconnect: () => listener.onDisconnect(),
        onRefused: (code) => listener.onRefused(code),
        onSnapshot: (snapshot) => listener.onSnapshot(snapshot),
        onEntries: (entries) => listener.onEntries({ ...entries, entries: [] }),
        onSignal: (signal) => listener.onSignal(signal.kind === 'heartbeat' ? { ...signal, seq: 0 } : signal),
      }),
    },
  },
];
