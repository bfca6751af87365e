import { decideDirectory } from '@schalter/shared/directory/decide.ts';
import type { AllTables, AnyRule } from '@schalter/shared/registry.ts';
import { decideQueue } from '@schalter/shared/queue/decide.ts';

/** Every table of a stream, by name: the registry's list, without the schemas that it is made of. */
export const TABLES = [
  'organisations',
  'people',
  'roles',
  'roleAssignments',
  'personGrants',
  'locations',
  'devices',
  'services',
  'counters',
  'presences',
  'numberSeries',
  'visits',
  'visitContacts',
  'stages',
  'calls',
  'callReceipts',
  'helpRequests',
  'numberBlocks',
  'messages',
  'reservations',
] as const satisfies readonly (keyof AllTables)[];

/** Of those, what a day of customers leaves behind: the most of all rows by far. */
export const DAILY = [
  'visits',
  'visitContacts',
  'stages',
  'calls',
  'callReceipts',
  'messages',
] as const satisfies readonly (typeof TABLES)[number][];

/** The server's own rules, for what is decided here before it has answered: the counter's work. */
const rules: ReadonlyMap<string, AnyRule> = new Map(
  Object.entries({ ...decideDirectory, ...decideQueue }) as unknown as [string, AnyRule][],
);

export const ruleOf = (type: string): AnyRule | undefined => rules.get(type);
