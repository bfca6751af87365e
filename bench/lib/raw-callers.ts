// A process full of callers at counters, each on WebSockets of its own: raw frames, so that it does not measure itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { answerParent, monotonicMs } from './child.ts';
import { closedLoop, type LoopResult } from './closed-loop.ts';
import { openRawClient, type RawClient } from './raw-client.ts';
import { greet } from './socket-io-hello.ts';
import { ticketInput } from './station.ts';

export interface Desk {
  readonly headers: Readonly<Record<string, string>>;
  readonly counterId: string;
}
export interface OpenCallers {
  readonly url: string;
  readonly streamId: string;
  readonly serviceId: string;
  readonly desks: readonly Desk[];
}
export interface ClosedRound {
  readonly callers: number;
  readonly durationMs: number;
}
export interface OpenRound {
  readonly perSecond: number;
  readonly durationMs: number;
}
/** Times by `monotonicMs`. */
export interface Sent {
  readonly commandId: string;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}
export interface ClosedResult extends LoopResult {
  readonly commands: number;
  readonly begunAtMs: number;
  readonly lastCommandId: string;
}

interface Caller {
  readonly client: RawClient;
  readonly counterId: string;
  readonly waiting: Map<number, (answer: Answer) => void>;
  nextAck: number;
  /** Commands so far: which of the four comes next. */
  step: number;
  stageId: string;
}

const OPEN_AT_ONCE = 32;

let callers: Caller[] = [];
let house = { streamId: '', serviceId: '' };

async function open({ url, streamId, serviceId, desks }: OpenCallers): Promise<void> {
  house = { streamId, serviceId };
  callers = [];
  for (let i = 0; i < desks.length; i += OPEN_AT_ONCE)
    callers.push(...(await Promise.all(desks.slice(i, i + OPEN_AT_ONCE).map((desk) => sitDown(url, desk)))));
}

function sitDown(url: string, { headers, counterId }: Desk): Promise<Caller> {
  return new Promise((resolve, reject) => {
    const waiting: Caller['waiting'] = new Map();
    openRawClient(new URL(url), headers, {
      onText: (text, client) => {
        const ack = /^43(\d+)\[/.exec(text);
        if (ack === null) {
          const ready = () => resolve({ client, counterId, waiting, nextAck: 1, step: 0, stageId: '' });
          return greet(text, client, { auth: {}, hello: null }, ready, reject);
        }
        const [whole, id] = ack;
        const answer = waiting.get(Number(id));
        waiting.delete(Number(id));
        return answer?.((JSON.parse(text.slice(whole.length - 1)) as [Answer])[0]);
      },
      onClose: () => reject(new Error('a caller was cut off')),
    }).catch(reject);
  });
}

/** In turn a number, a call, its start and its end: the queue stays as short as it was. */
async function press(caller: Caller): Promise<Sent & { result: unknown }> {
  const { counterId, stageId } = caller;
  const steps = [
    ['queue.issueTicket', ticketInput(house.serviceId)],
    ['queue.callNext', { counterId }],
    ['queue.start', { stageId }],
    ['queue.complete', { stageId, outcome: null }],
  ] as const;
  const step = caller.step % steps.length;
  const [type, input] = steps[step] ?? steps[0];
  caller.step += 1;
  const commandId = uuid();
  const envelope = { commandId, streamId: house.streamId, type, input, occurredAt: new Date().toISOString() };
  const sentAtMs = monotonicMs();
  const answer = await new Promise<Answer>((resolve) => {
    const id = caller.nextAck++;
    caller.waiting.set(id, resolve);
    caller.client.send(`42${id}["command",${JSON.stringify(envelope)}]`);
  });
  const answeredAtMs = monotonicMs();
  if (!answer.ok) throw new Error(`${type} was refused: ${answer.code}`);
  if (step === 1) caller.stageId = (answer.result as { stageId: string }).stageId;
  return { commandId, sentAtMs, answeredAtMs, result: answer.result };
}

/** Each caller has several desks and changes after each customer: one person's rate limit is not its speed. */
async function closed({ callers: count, durationMs }: ClosedRound): Promise<ClosedResult> {
  const desksEach = Math.floor(callers.length / count);
  const begunAtMs = monotonicMs();
  let [commands, lastCommandId] = [0, ''];
  const result = await closedLoop(count, durationMs, async (caller, n) => {
    const desk = callers[caller * desksEach + (Math.floor(n / 4) % desksEach)];
    if (desk === undefined) throw new Error('more callers than desks');
    ({ commandId: lastCommandId } = await press(desk));
    commands += 1;
  });
  // A round ends in the middle of a customer; the next one begins with a number.
  await Promise.all(callers.map(finish));
  return { ...result, commands, begunAtMs, lastCommandId };
}

async function finish(caller: Caller): Promise<void> {
  while (caller.step % 4 !== 0) await press(caller);
}

/** At fixed moments, whoever is free presses; that nobody is free counts as time of the command. */
async function openLoop({ perSecond, durationMs }: OpenRound): Promise<Sent[]> {
  const free = [...callers];
  const begun = monotonicMs();
  const total = Math.round((durationMs * perSecond) / 1_000);
  const under: Promise<Sent>[] = [];
  for (let n = 0; n < total; n += 1) {
    const dueMs = begun + (n * 1_000) / perSecond;
    while (monotonicMs() < dueMs || free.length === 0) await sleep(Math.max(0, dueMs - monotonicMs()));
    const caller = free.shift();
    if (caller === undefined) continue;
    const pressed = press(caller).then(({ commandId, answeredAtMs }) => {
      free.push(caller);
      return { commandId, answeredAtMs, sentAtMs: dueMs };
    });
    under.push(pressed);
  }
  const sent = await Promise.all(under);
  await Promise.all(callers.map(finish));
  return sent;
}

answerParent({ open, closed, openLoop });
