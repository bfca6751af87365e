import { fork, type ChildProcess } from 'node:child_process';

/** A helper process that answers questions over its channel, so that its CPU is its own. */
export interface Child {
  readonly process: ChildProcess;
  ask<T>(question: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly question: string;
  readonly argument: unknown;
}
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const STOP_MS_MAX = 12_000;

export function startChild(
  file: string,
  {
    environment = process.env,
    onOutput,
  }: { environment?: NodeJS.ProcessEnv; onOutput?: (text: string) => void } = {},
): Child {
  const child = fork(file, [], {
    execArgv: ['--import', 'tsx'],
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text));
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let lastId = 0;
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) asked?.resolve(reply.value as never);
    else asked?.reject(new Error(reply.error));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended (${signal ?? code})`));
    waiting.clear();
  });
  return {
    process: child,
    ask: (question, argument = null) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        child.send({ id: lastId, question, argument } satisfies Question);
      }),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The other end: answers by name until the parent is gone. */
export function answerParent(answers: Readonly<Record<string, (argument: never) => unknown>>): void {
  const reply = (message: Reply): void => void process.send?.(message);
  process.on('message', ({ id, question, argument }: Question) => {
    const answer = answers[question];
    if (answer === undefined) return;
    Promise.resolve()
      .then(() => answer(argument as never))
      .then(
        (value) => reply({ id, value }),
        (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.once('disconnect', () => process.exit(0));
}

/** User and system time of this process so far, in µs. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** One clock for all processes of this machine, in ms. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
