import { BLOCK_SIZE, blocksOn, isIn } from './blocks.ts';
import { isAtCounter, isOpen } from './moves.ts';
import type { QueueLive, Stage } from './rows.ts';

/** What is true of every live set, whatever commands led to it: the sentences that are not. */
export function queueInvariants(live: QueueLive): readonly string[] {
  return [...numbers(live), ...stages(live), ...visits(live), ...calls(live), ...receipts(live)];
}

/** Groups rows by a key, in the order of the map. */
function grouped<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Q10, Q57: unique, and none above the last one given. Without a gap holds where no visit of the day is archived, and
 * for what the server counts: numbers of a block are given as they come.
 */
function numbers(live: QueueLive): string[] {
  const broken: string[] = [];
  const series = grouped(live.rows.numberSeries.values(), (s) => `${s.businessDay} ${s.series}`);
  for (const [key, rows] of series)
    if (rows.length > 1) broken.push(`series ${key} is there ${rows.length} times`);
  const given = grouped(live.rows.visits.values(), (v) => `${v.businessDay} ${v.series}`);
  for (const [key, rows] of given) {
    const unique = new Set(rows.map((v) => v.number));
    if (unique.size !== rows.length) broken.push(`a number of ${key} was given twice`);
    const last = series.get(key)?.[0]?.lastNumber;
    // A day that was closed has archived its series; visits kept open over night stay.
    if (last === undefined) continue;
    const blocks = blocksOn(live, rows[0]?.businessDay ?? '');
    const isLeased = (number: number): boolean => blocks.some((block) => isIn(block, number));
    const counted = [...unique].filter((number) => !isLeased(number));
    if (counted.some((number) => number > last)) broken.push(`a number of ${key} is above the last one`);
    const below = blocks.filter((block) => block.last <= last).length * BLOCK_SIZE;
    if (counted.length !== last - below)
      broken.push(`${key} has ${counted.length} visits, but the last number is ${last}`);
  }
  return [...broken, ...blocks(live)];
}

/** Q57: no number is leased twice. */
function blocks(live: QueueLive): string[] {
  const leased = grouped(live.rows.numberBlocks.values(), (b) => `${b.businessDay} ${b.first}`);
  return [...leased]
    .filter(([, rows]) => rows.length > 1)
    .map(([key, rows]) => `the block ${key} is leased ${rows.length} times`);
}

function stages(live: QueueLive): string[] {
  const broken: string[] = [];
  const busy = new Set<string>();
  for (const stage of live.rows.stages.values()) {
    for (const problem of [...stageProblems(live, stage), ...handedOver(live, stage)])
      broken.push(`stage ${stage.id} (${stage.status}): ${problem}`);
    if (!isAtCounter(stage) || stage.counterId === null) continue;
    if (busy.has(stage.counterId)) broken.push(`counter ${stage.counterId} has two customers`);
    busy.add(stage.counterId);
  }
  return broken;
}

function stageProblems(live: QueueLive, stage: Stage): string[] {
  const problems: string[] = [];
  const say = (isBroken: boolean, what: string): void => {
    if (isBroken) problems.push(what);
  };
  const { calledAt, startedAt, endedAt, arrivedAt } = stage;
  say(!live.rows.visits.has(stage.visitId), 'belongs to no visit');
  say(isOpen(stage) !== (endedAt === null), 'open and ended, or neither');
  say(isAtCounter(stage) && stage.counterId === null, 'at no counter');
  say(stage.status === 'waiting' && stage.counterId !== null, 'waits at a counter');
  say(stage.status === 'called' && (calledAt === null || stage.callNo < 1), 'was never called');
  say(stage.status === 'serving' && startedAt === null, 'is served since never');
  say(stage.status === 'held' && (stage.heldAt === null || stage.holdOwner === null), 'is held by nobody');
  say(stage.status !== 'held' && stage.resumeAt !== null, 'will be resumed, but is not held');
  say(calledAt !== null && calledAt < arrivedAt, 'was called before it came');
  say(startedAt !== null && startedAt < arrivedAt, 'was served before it came');
  say(endedAt !== null && startedAt !== null && endedAt < startedAt, 'ended before it began');
  say(stage.heldS < 0, 'was held for less than nothing');
  say(stage.version < 1, 'has no version');
  say(
    stage.quotedLowMin !== null && stage.quotedHighMin !== null && stage.quotedLowMin > stage.quotedHighMin,
    'was promised a range upside down',
  );
  return problems;
}

/** A customer who is handed over keeps the place in time, and is nobody else. */
function handedOver(live: QueueLive, stage: Stage): string[] {
  const from = stage.fromStageId === null ? undefined : live.rows.stages.get(stage.fromStageId);
  if (from === undefined) return [];
  const problems: string[] = [];
  if (from.visitId !== stage.visitId) problems.push('was handed over from another visit');
  if (from.arrivedAt !== stage.arrivedAt) problems.push('lost its time of arrival when it was handed over');
  return problems;
}

/** Q6: one open stage at most; ended exactly where none is open. */
function visits(live: QueueLive): string[] {
  const broken: string[] = [];
  const open = grouped([...live.rows.stages.values()].filter(isOpen), (s) => s.visitId);
  for (const [visitId, rows] of open)
    if (rows.length > 1) broken.push(`visit ${visitId} has ${rows.length} open stages`);
  for (const visit of live.rows.visits.values()) {
    if (open.has(visit.id) === (visit.endedAt === null)) continue;
    broken.push(
      `visit ${visit.id} is ${visit.endedAt === null ? 'open without a stage' : 'ended with an open stage'}`,
    );
  }
  for (const contact of live.rows.visitContacts.values()) {
    if (live.rows.visits.get(contact.visitId)?.smsOptIn !== true)
      broken.push(`contact ${contact.id} is unwanted`);
  }
  return broken;
}

/** Q27, Q28: without a gap from 1, and on the wall at most once for a stage. */
function calls(live: QueueLive): string[] {
  const broken: string[] = [];
  for (const [day, rows] of grouped(live.rows.calls.values(), (c) => c.businessDay)) {
    const orders = rows.map((c) => c.order).sort((a, b) => a - b);
    // Of a day that is closed, only the calls that a kept customer still follows are left.
    const isClosed = ![...live.rows.numberSeries.values()].some((series) => series.businessDay === day);
    if (new Set(orders).size < orders.length) broken.push(`calls of ${day} have a double`);
    if (!isClosed && orders.some((order, i) => order !== i + 1)) broken.push(`calls of ${day} have a gap`);
  }
  const shown = [...live.rows.calls.values()].filter((c) => c.withdrawnAt === null);
  for (const [stageId, rows] of grouped(shown, (c) => c.stageId)) {
    if (rows.length > 1) broken.push(`stage ${stageId} is on the wall ${rows.length} times`);
  }
  for (const stage of live.rows.stages.values()) {
    if (stage.status !== 'called') continue;
    // One that was by voice, and came too late to be announced (Q65), is over where it began.
    const byVoice = [...live.rows.calls.values()].some(
      (c) => c.stageId === stage.id && c.callNo === stage.callNo && c.withdrawnAt === c.calledAt,
    );
    if (!byVoice && !shown.some((c) => c.stageId === stage.id))
      broken.push(`stage ${stage.id} is called, but not on the wall`);
  }
  return broken;
}

/** What a wall did with a call: once for each of both, and by the call's own place in the order. */
function receipts(live: QueueLive): string[] {
  const broken: string[] = [];
  const rows = [...live.rows.callReceipts.values()];
  for (const [pair, same] of grouped(rows, (r) => `${r.callId} on ${r.deviceId}`)) {
    if (same.length > 1) broken.push(`call ${pair} is receipted ${same.length} times`);
  }
  for (const { callId, order } of rows) {
    const call = live.rows.calls.get(callId);
    if (call !== undefined && call.order !== order) broken.push(`call ${callId} is receipted as another one`);
  }
  for (const call of live.rows.calls.values()) {
    const visit = live.rows.visits.get(call.visitId);
    if (visit !== undefined && (visit.number !== call.number || visit.series !== call.series)) {
      broken.push(`call ${call.id} calls another number than its visit's`);
    }
    const stage = live.rows.stages.get(call.stageId);
    if (stage !== undefined && stage.visitId !== call.visitId) {
      broken.push(`call ${call.id} calls the stage of another visit`);
    }
  }
  return broken;
}
