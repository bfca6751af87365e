import {
  contextIds,
  type CommandEnvelope,
  type Context,
  type Decision,
  type FactBase,
} from '../kernel/command.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Live } from '../kernel/live.ts';
import type { Predict } from './replica.ts';

type Rule<T> = (live: Live<T>, input: unknown, ctx: Context) => Decision<T, FactBase>;

/**
 * Decides a command on the device by the server's own rules (`ruleOf` of the registry). It stands apart from
 * the connection, because the wall and the phone predict nothing and need not load the rules.
 *
 * The time of a pending command is the time when somebody did it, so that a view is the same whenever it is
 * computed. Cold facts (`given`) are the server's alone.
 */
export const predictBy =
  <T>(how: {
    readonly ruleOf: (type: string) => Rule<T> | undefined;
    readonly actor: Actor;
    readonly organisationId: string;
  }): Predict<T> =>
  (live, command: CommandEnvelope) => {
    const rule = how.ruleOf(command.type);
    if (rule === undefined) return [];
    const decision = rule(live, command.input, {
      now: command.occurredAt,
      occurredAt: command.occurredAt,
      streamId: command.streamId,
      organisationId: how.organisationId,
      commandId: command.commandId,
      actor: how.actor,
      given: {},
      id: contextIds(command.commandId),
    });
    return decision.ok ? decision.changes : [];
  };
