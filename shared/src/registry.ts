import type { CommandSpec, Context, Decision, FactBase } from './kernel/command.ts';
import type { Live, TableDef } from './kernel/live.ts';
import { bookingCommands } from './booking/commands.ts';
import { decideBooking } from './booking/decide.ts';
import type { BookingFact } from './booking/facts.ts';
import { bookingTables, type BookingTables } from './booking/rows.ts';
import { directoryCommands } from './directory/commands.ts';
import { decideDirectory } from './directory/decide.ts';
import type { DirectoryFact } from './directory/facts.ts';
import { directoryTables } from './directory/rows.ts';
import { messagingCommands } from './messaging/commands.ts';
import { decideMessaging } from './messaging/decide.ts';
import type { MessagingFact } from './messaging/facts.ts';
import { messagingTables } from './messaging/rows.ts';
import { platformCommands } from './platform/commands.ts';
import { decidePlatform } from './platform/decide.ts';
import type { PlatformFact } from './platform/facts.ts';
import { platformTables } from './platform/rows.ts';
import { privacyCommands } from './privacy/commands.ts';
import { decidePrivacy } from './privacy/decide.ts';
import type { PrivacyFact } from './privacy/facts.ts';
import { queueCommands } from './queue/commands.ts';
import { decideQueue } from './queue/decide.ts';
import type { QueueFact } from './queue/facts.ts';
import { queueTables } from './queue/rows.ts';

/** The live set with every capability's tables; a capability's own rules see those at or below it. */
export type AllTables = BookingTables;
export type AllLive = Live<AllTables>;
export type Fact = PlatformFact | DirectoryFact | QueueFact | MessagingFact | BookingFact | PrivacyFact;

/** The one list of capabilities: the engine, the devices, the API's description and the tests read it. */
const capabilities = [
  { tables: platformTables, commands: platformCommands, decide: decidePlatform },
  { tables: directoryTables, commands: directoryCommands, decide: decideDirectory },
  { tables: queueTables, commands: queueCommands, decide: decideQueue },
  { tables: messagingTables, commands: messagingCommands, decide: decideMessaging },
  { tables: bookingTables, commands: bookingCommands, decide: decideBooking },
  { tables: {}, commands: privacyCommands, decide: decidePrivacy },
] as const;

export const commands = {
  ...platformCommands,
  ...directoryCommands,
  ...queueCommands,
  ...messagingCommands,
  ...bookingCommands,
  ...privacyCommands,
};
export type CommandType = keyof typeof commands;

export type AnyRule = (live: AllLive, input: unknown, ctx: Context) => Decision<AllTables, FactBase>;

const specs: ReadonlyMap<string, CommandSpec> = new Map(Object.entries(commands));
// The one place where a rule's own input type is widened; the input has been parsed by its schema before.
const rules: ReadonlyMap<string, AnyRule> = new Map(
  capabilities.flatMap((c) => Object.entries(c.decide) as unknown as [string, AnyRule][]),
);
export const tables: ReadonlyMap<string, TableDef> = new Map(
  capabilities.flatMap((c) => Object.entries(c.tables) as unknown as [string, TableDef][]),
);
export const TABLE_NAMES = [...tables.keys()] as (keyof AllTables)[];

/** The commands that may take out of the journal what it says of a person. */
export const ERASURES = [...specs].filter(([, { erases }]) => erases === true).map(([type]) => type);

export const specOf = (type: string): CommandSpec | undefined => specs.get(type);
export const ruleOf = (type: string): AnyRule | undefined => rules.get(type);
