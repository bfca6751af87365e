/** What a command can say that an older server does not understand. */
export interface Newer {
  /** The dialect that brought the command as a whole. */
  readonly since?: number;
  /** Of a record, which has happened and waits for a newer server; a request is refused. */
  readonly record?: true;
  /** The dialect that brought an optional field of its input. */
  readonly fields?: Readonly<Record<string, number>>;
}

/**
 * By type of command. A journey compares the commands with those of the previous release, and asks for a line of
 * what is new (UP5); a line may go when no server of the release before it is served any more.
 */
export const NEWER: Readonly<Record<string, Newer>> = {
  // Without it the older server calls whoever is next then; it takes no late calls.
  'queue.callNext': { fields: { shown: 2 } },
  // The older server shows the call on the wall, where it still takes it.
  'queue.call': { fields: { aloud: 2 } },
  'queue.acknowledgeDoubleCall': { since: 2 },
  'queue.allowPush': { since: 2 },
  'directory.releaseShare': { since: 2 },
  // The server's own.
  'directory.setAway': { since: 2 },
};
