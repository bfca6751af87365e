import { pino, type DestinationStream, type Level, type Logger } from 'pino';

/** Causes of causes; deeper ones say nothing new. */
const CAUSES_MAX = 4;
const TEXT_MAX = 500;

/**
 * The log never holds what belongs to a person or opens a door: phone numbers, addresses, links, tokens, PINs.
 * What is written of an error is therefore listed here, one field after the other; the database's own words may
 * quote rows ("Failing row contains …"), and drizzle's message has the parameters of the query in it.
 */
export const createLog = (level: Level | 'silent', destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      serializers: { err: describeError },
      hooks: {
        // Without a message of its own pino writes the error's, as it is.
        logMethod(args, method) {
          if (args.length === 1 && typeof args[0] === 'object') method.call(this, args[0], 'failed');
          else method.apply(this, args);
        },
      },
    },
    destination,
  );

interface Described {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly [field: string]: unknown;
}

/** Fields that name something of ours: codes, tables, hosts. */
const NAMING = [
  'code',
  'severity',
  'constraint',
  'constraint_name',
  'table_name',
  'column_name',
  'routine',
] as const;
const SYSTEM = ['syscall', 'address', 'port'] as const;

export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error))
    return { type: typeof error, message: describeText(String(error)), stack: '' };
  const fields = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: messageOf(fields),
    stack: framesOf(error),
    ...Object.fromEntries(
      [...NAMING, ...SYSTEM].flatMap((name) => {
        const value = fields[name];
        return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
      }),
    ),
    ...(error.cause === undefined || depth === CAUSES_MAX
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}

function messageOf(error: Error & Record<string, unknown>): string {
  // drizzle: the statement, and after it each parameter.
  if ('query' in error && 'params' in error) return 'Failed query';
  // The database: what stands in quotation marks may be a value.
  if ('severity' in error) return describeText(error.message.replace(/"[^"]*"|'[^']*'/g, '"…"'));
  return describeText(error.message);
}

/** Where it happened, without the message that a stack begins with. */
function framesOf({ stack = '', message }: Error): string {
  const at = message === '' ? -1 : stack.indexOf(message);
  const frames = (at === -1 ? stack : stack.slice(at + message.length)).split('\n');
  return frames
    .filter((line) => /^\s+at [^+@]*$|^\s+at .*node_modules/.test(line))
    .map((line) => line.trim())
    .join('\n');
}

const IPV4 = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
/** In this order: an id of a row (kept), a link or token, a phone number or PIN. */
const SPOKEN =
  /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|([A-Za-z0-9_-]{20,})|(\+?\d(?:[\d .()/-]*\d){5,})/gi;

/** Any text from elsewhere, without what looks like an address, a link or token, a number or a PIN. */
export const describeText = (text: string): string =>
  text
    .slice(0, TEXT_MAX)
    .replace(/[^\s"'<>()=]+@[^\s"'<>()]+/g, '[address]')
    .replace(SPOKEN, (found: string, id?: string, token?: string) => {
      if (id !== undefined || IPV4.test(found)) return found;
      return token === undefined ? '[number]' : '[token]';
    });
