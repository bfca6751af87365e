import type { Sent } from '@schalter/shared/client/sender.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { refusal } from '../texts.svelte.ts';
import { s } from './texts.svelte.ts';

/** What is wrong, by field ("service.name.fr"); a field that holds others covers them ("service.hours"). */
export type Errors = Readonly<Record<string, string>>;

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}
/** What is used of a command's schema. */
export interface Schema {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

/** The field that a rejection is about, where it is about one. */
const FIELD_OF: Readonly<Partial<Record<RejectionCode, string>>> = {
  letterTaken: 'letter',
  counterNameTaken: 'name',
  emailTaken: 'email',
  codeTaken: 'code',
  timeZoneUnknown: 'timeZone',
  hoursInvalid: 'hours',
  lastOwner: 'role',
  roleUnknown: 'role',
  roleNameTaken: 'name',
  roleCycle: 'parents',
  passwordTooShort: 'password',
  passwordTooEasy: 'password',
  pinTooSimple: 'pin',
  pinTaken: 'pin',
};

function sentenceOf(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' ? s('errorMissing') : s('errorAtLeast', { n: Number(issue.minimum) });
    case 'too_big':
      return issue.origin === 'string'
        ? s('errorTooLong', { n: Number(issue.maximum) })
        : s('errorAtMost', { n: Number(issue.maximum) });
    case 'invalid_type':
      return s('errorMissing');
    default:
      return s('errorInvalid');
  }
}

/** The same schema that the server parses with, said at the field. */
export function errorsOf(schema: Schema, input: unknown): Errors {
  const parsed = schema.safeParse(input);
  if (parsed.success) return {};
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter((part) => typeof part === 'string').join('.');
    errors[path] ??= sentenceOf(issue);
  }
  return errors;
}

/** The first thing that is wrong with a field or with anything inside it. */
export function errorAt(errors: Errors, field: string): string | undefined {
  const key = Object.keys(errors).find(
    (path) => path === field || path.endsWith(`.${field}`) || `.${path}`.includes(`.${field}.`),
  );
  return key === undefined ? undefined : errors[key];
}

export interface Outcome {
  readonly ok: boolean;
  readonly errors: Errors;
  /** What no field is to blame for. */
  readonly notice: string | null;
}

export const DONE: Outcome = { ok: true, errors: {}, notice: null };

/** What the server refused, at its field or above the form. */
export function refusedOutcome(code: RejectionCode | 'offline'): Outcome {
  const sentence = code === 'offline' ? s('errorOffline') : refusal(code);
  const field = code === 'offline' ? undefined : FIELD_OF[code];
  return field === undefined
    ? { ok: false, errors: {}, notice: sentence }
    : { ok: false, errors: { [field]: sentence }, notice: null };
}

/** Parses, sends, and says what became of it. */
export async function save(schema: Schema, input: unknown, send: () => Promise<Sent>): Promise<Outcome> {
  const errors = errorsOf(schema, input);
  if (Object.keys(errors).length > 0) return { ok: false, errors, notice: s('errorLook') };
  const sent = await send();
  return sent.ok === false ? refusedOutcome(sent.code) : DONE;
}

/** A number field is empty, or what was typed; the schema says whether it may be. */
export const numberOrNull = (text: string): number | null => (text.trim() === '' ? null : Number(text));
