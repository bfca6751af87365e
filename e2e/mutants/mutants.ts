// Mistakes that somebody could make, one each: the suite must see every one. `npm run mutants` tries them.

export interface Mutant {
  readonly what: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Where it should be seen: folders or files of tests that need no database. */
  readonly tests: readonly string[];
}

const ENGINE = ['server/src/engine', 'shared/src/client', 'e2e/simulation'];
const QUEUE = ['shared/src/queue'];
const CLIENT = ['shared/src/client', 'e2e/simulation'];
const decideBatch = 'server/src/engine/decide-batch.ts';
const execute = 'server/src/engine/execute.ts';
const streams = 'server/src/engine/streams.ts';
const lane = 'server/src/engine/lane.ts';
const fanOut = 'server/src/transport/fan-out.ts';
const replica = 'shared/src/client/replica.ts';
const guards = 'shared/src/queue/guards.ts';
const order = 'shared/src/queue/order.ts';
const calls = 'shared/src/queue/decide-calls.ts';
const shares = 'shared/src/queue/shares.ts';
const ticket = 'shared/src/queue/ticket.ts';
const access = 'shared/src/platform/access.ts';
const rows = 'shared/src/queue/rows.ts';

const mutant = (
  what: string,
  file: string,
  find: string,
  replace: string,
  tests: readonly string[],
): Mutant => ({ what, file, find, replace, tests });

export const MUTANTS: readonly Mutant[] = [
  // The engine
  mutant('a command id is not looked up', decideBatch, 'if (before !== undefined)', 'if (false)', ENGINE),
  mutant(
    'the same id with another payload is answered as if it were the same',
    decideBatch,
    "return before.fingerprint === fingerprint ? before.answer : reject('commandIdReused');",
    'return before.answer;',
    ENGINE,
  ),
  mutant(
    'what was decided ahead counts as written, wherever the stream is',
    execute,
    'if (await store.append(cached.head, ids, decided.batch))',
    'if (await store.append(cached.head, ids, decided.batch).then(() => true))',
    ENGINE,
  ),
  mutant(
    'what waits behind a broadcast is lost where more comes',
    'server/src/transport/outbox.ts',
    "if (last?.kind === 'entries') last.entries.push(...entries);",
    "if (last?.kind === 'entries') last.entries.splice(0, last.entries.length, ...entries);",
    ['server/src/transport', 'e2e/simulation'],
  ),
  mutant('a refusal is forgotten', decideBatch, '} else refusals.push(stored);', '}', ENGINE),
  mutant(
    'the sequence comes from the clock',
    decideBatch,
    'const seq = head.seq + entries.length + 1;',
    'const seq = Date.parse(now);',
    ENGINE,
  ),
  mutant('the permission is not asked', decideBatch, 'if (denied !== null) return denied;', '', ENGINE),
  mutant(
    'the next command of a batch is decided on the state before the batch',
    decideBatch,
    'applyChanges(live, decided.entry.changes);',
    '',
    ENGINE,
  ),
  mutant(
    'a moment in the future is believed',
    decideBatch,
    'const occurredAt = instant(Math.min(ms(envelope.occurredAt), ms(now)));',
    'const occurredAt = instant(ms(envelope.occurredAt));',
    ENGINE,
  ),
  mutant(
    'a command never expires',
    decideBatch,
    'if (spec.expiresAfterMs !== null && ms(now) - ms(occurredAt) > spec.expiresAfterMs)',
    'if (false)',
    ENGINE,
  ),
  mutant(
    'an id that follows from the command may replace a row',
    decideBatch,
    'if (decision.changes.some((change) => made.has(change) && isThere(live, change)))',
    'if (false)',
    ENGINE,
  ),
  mutant(
    'a broken batch is not taken apart',
    execute,
    'if (batch.length > 1 && isOfOne) {',
    'if (false) {',
    ENGINE,
  ),
  mutant(
    'after a failure the live set is kept',
    execute,
    `    } catch (error) {
      forget(lane);`,
    '    } catch (error) {',
    ENGINE,
  ),
  mutant(
    'listeners hear before the answer',
    execute,
    'if (acksLeft !== undefined) await acksLeft();',
    '',
    ENGINE,
  ),
  mutant(
    'who may not opens a stream',
    execute,
    "if (!can(actor, kind === 'location' ? 'location.open' : 'organisation.set', scope)) return false;",
    '',
    ENGINE,
  ),
  mutant('the head stays behind', streams, 'stream.head = { ...stream.head, seq: last.seq };', '', ENGINE),
  mutant(
    'a history that became shorter goes unnoticed',
    lane,
    'if (lane.cached !== null && lane.cached.head.seq > tx.head.seq) forget(lane);',
    '',
    ENGINE,
  ),
  mutant(
    'what other processes wrote is not read before a decision',
    lane,
    'const missed = seq === tx.head.seq ? [] : await tx.journalAfter(seq);',
    'const missed: Awaited<ReturnType<typeof tx.journalAfter>> = [];',
    ENGINE,
  ),
  // The fan-out and its masks
  mutant(
    'an entry that is masked whole is left out',
    fanOut,
    'entries.map(({ seq, commandId, at, changes }): Entry => ({',
    'entries.filter(({ changes }) => changes.some((c) => maskChange(audience, c) !== null)).map(({ seq, commandId, at, changes }): Entry => ({',
    ['server/src/transport', 'e2e/simulation'],
  ),
  mutant(
    'changes go out unmasked',
    fanOut,
    'changes: changes.flatMap((change) => maskChange(audience, change) ?? []),',
    'changes: [...changes],',
    ['server/src/transport', 'e2e/simulation'],
  ),
  mutant(
    'a device that comes back misses the first entry',
    fanOut,
    'stream.recent.slice(lastSeq + 1 - first.seq)',
    'stream.recent.slice(lastSeq + 2 - first.seq)',
    ['server/src/transport', 'e2e/simulation'],
  ),
  mutant('phone numbers go to every screen', rows, 'mask: () => null,', 'mask: (_audience, row) => row,', [
    'shared/src/masks.test.ts',
    'shared/src/queue',
  ]),
  // The replica
  mutant(
    'a gap is passed over',
    replica,
    'if (entry.seq > seq + 1) {',
    'if (entry.seq > seq + 1_000_000) {',
    CLIENT,
  ),
  mutant('entries are taken twice', replica, 'if (entry.seq <= seq) continue;', '', CLIENT),
  mutant(
    'an old snapshot replaces newer rows',
    replica,
    'if (snapshot.seq < replica.seq) return replica;',
    '',
    CLIENT,
  ),
  mutant(
    'a refused command stays on the screen',
    replica,
    ': replica.pending.filter((p) => p.command.commandId !== commandId);',
    ': replica.pending;',
    CLIENT,
  ),
  mutant('what has landed is shown twice', replica, 'if (landed) continue;', '', CLIENT),
  // The rules
  mutant(
    'a counter calls a second customer',
    guards,
    'return customerAt(live, counterId) === null ? null : busy(name);',
    'return null;',
    QUEUE,
  ),
  mutant(
    'somebody who is not signed on may call',
    guards,
    "if (!isSignedOnAt(live, actor, counterId)) return reject('notSignedOn', { counter: counter.name });",
    '',
    QUEUE,
  ),
  mutant(
    'a colleague’s customer may be taken',
    guards,
    "if (isAtCounter(stage)) return isSignedOnAt(live, actor, stage.counterId) ? null : reject('notYours');",
    'if (isAtCounter(stage)) return null;',
    QUEUE,
  ),
  mutant(
    'undo is possible for ever',
    guards,
    "if (undo === null || msBetween(undo.at, at) > UNDO_MS) return reject('undoExpired');",
    "if (undo === null) return reject('undoExpired');",
    QUEUE,
  ),
  mutant(
    'the last comes first',
    order,
    'sign: a.effectiveAt < b.effectiveAt ? -1 : 1',
    'sign: a.effectiveAt < b.effectiveAt ? 1 : -1',
    QUEUE,
  ),
  mutant(
    'who is not in the house is called',
    order,
    "if (live.rows.visits.get(stage.visitId)?.presence === 'remote') return 'remote';",
    '',
    QUEUE,
  ),
  mutant(
    'a reservation for a counter binds nobody',
    order,
    'return keeper === null || keeper === counterId;',
    'return true;',
    QUEUE,
  ),
  mutant(
    'an old call stays on the wall beside the new one',
    calls,
    `      { table: 'stages', row: after },
      ...withdrawn(live, stage.id, at),
      { table: 'calls', row: call },
    ],
    facts: [{ type, ...idsOf(after)`,
    `      { table: 'stages', row: after },
      { table: 'calls', row: call },
    ],
    facts: [{ type, ...idsOf(after)`,
    QUEUE,
  ),
  mutant(
    'the share of a counter without the server is called by the others',
    order,
    'reservedCounter(live, stage) ?? keptForAway(live, stage, now);',
    'reservedCounter(live, stage);',
    QUEUE,
  ),
  mutant(
    'a cut-off counter deals by the counters of another moment',
    shares,
    'live.rows.presences.get(counterId)?.away?.counterIds ?? openCounterIds(live)',
    'openCounterIds(live).slice(1)',
    QUEUE,
  ),
  mutant(
    'a call of half an hour ago is announced',
    calls,
    'return isLate(ctx) ? { ...call, withdrawnAt: made.at } : call;',
    'return call;',
    QUEUE,
  ),
  mutant(
    'nobody hears that a customer was called twice',
    calls,
    '...stage, version: stage.version + 1, alsoCalled, undo: null',
    '...stage, version: stage.version + 1, undo: null',
    QUEUE,
  ),
  mutant(
    'a third counter that called a customer makes the second forgotten',
    calls,
    'const alsoCalled = [...others, {',
    'const alsoCalled = [{',
    QUEUE,
  ),
  mutant(
    'a number is given twice',
    ticket,
    'lastNumber: next(series.lastNumber)',
    'lastNumber: series.lastNumber',
    QUEUE,
  ),
  mutant(
    'the server gives numbers that a kiosk has leased',
    ticket,
    'skipBlocks(blocksOn(live, day), last + 1)',
    'last + 1',
    QUEUE,
  ),
  mutant(
    'numbers go on from yesterday',
    ticket,
    'if (series.businessDay === day && series.series === service.letter) {',
    'if (series.series === service.letter) {',
    QUEUE,
  ),
  mutant(
    'a full queue takes one more',
    ticket,
    'waitingCount(live, service.id) >= service.maxWaiting',
    'waitingCount(live, service.id) > service.maxWaiting',
    QUEUE,
  ),
  mutant(
    'a clerk of another location may act here',
    access,
    "return locationIds === 'all' || locationIds.includes(locationId);",
    'return true;',
    ['shared/src/platform', 'server/src/engine', 'shared/src/queue'],
  ),
  mutant(
    'a device of another location may act here',
    access,
    'if (actor.organisationId !== scope.organisationId || actor.locationId !== scope.locationId)',
    'if (actor.organisationId !== scope.organisationId)',
    ['shared/src/platform', 'server/src/engine', 'shared/src/queue'],
  ),
];
