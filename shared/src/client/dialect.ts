import type { CommandEnvelope } from '../kernel/command.ts';
import { FIRST } from '../kernel/protocol.ts';
import { reject } from '../kernel/rejections.ts';
import type { Newer } from '../dialects.ts';
import type { Transport } from './transport.ts';

/** The command as a server of that dialect understands it. */
function inDialect(command: CommandEnvelope, { fields = {} }: Newer, dialect: number): CommandEnvelope {
  const { input } = command;
  if (typeof input !== 'object' || input === null) return command;
  const known = Object.entries(input).filter(([name]) => (fields[name] ?? FIRST) <= dialect);
  return { ...command, input: Object.fromEntries(known) };
}

/**
 * A line on which every command is said as its server understands it: the server's welcome tells its dialect, and
 * what is newer is left out. The outbox keeps the whole.
 */
export function speaking(transport: Transport, newer: Readonly<Record<string, Newer>>): Transport {
  let dialect = FIRST;
  return {
    attach: (listener) => transport.attach(listener),
    isConnected: () => transport.isConnected(),
    async sendHello(hello) {
      const answer = await transport.sendHello(hello);
      if (answer?.ok === true) dialect = answer.dialect ?? FIRST;
      return answer;
    },
    async sendCommand(command) {
      const of = newer[command.type];
      if (of === undefined) return transport.sendCommand(command);
      if ((of.since ?? FIRST) > dialect) return of.record === true ? null : reject('serverTooOld');
      const known = dialect;
      const answer = await transport.sendCommand(inDialect(command, of, known));
      if (answer === null || answer.ok || answer.code !== 'commandIdReused') return answer;
      // An earlier try has reached a server that understood less: said as then, it gets its own answer.
      for (const said of dialectsBelow(of, known)) {
        const before = await transport.sendCommand(inDialect(command, of, said));
        if (before === null || before.ok || before.code !== 'commandIdReused') return before;
      }
      return answer;
    },
  };
}

/** Those in which the command would sound different, the newest first. */
const dialectsBelow = ({ fields = {} }: Newer, dialect: number): readonly number[] =>
  [...new Set(Object.values(fields))]
    .map((since) => since - 1)
    .filter((said) => said < dialect)
    .sort((a, b) => b - a);
