import type { AuditItem } from '@schalter/shared/audit.ts';
import type { EnumerationName } from '@schalter/shared/enumerations.ts';
import { formatDay } from '@schalter/shared/i18n/format.ts';
import { LANGUAGE_NAMES } from '@schalter/shared/i18n/language.ts';
import { PERSON_ROLES, roleOf } from '@schalter/shared/platform/roles.ts';
import { language, time, word } from '../../texts.svelte.ts';
import { s } from '../texts.svelte.ts';
import { didWord, eventWord, fieldWord, happenedWord, whatWord } from './words.svelte.ts';

/** Who it was, in words where there is no name. */
export function actorText({ actor: { kind, name }, event }: AuditItem): string {
  // Whoever tried to sign in is not known.
  if (event !== null && kind === 'anonymous') return s('auditUnknownPerson');
  switch (kind) {
    case 'person':
    case 'device':
      return name ?? '–';
    case 'customer':
    case 'anonymous':
      return s('auditCustomer');
    case 'system':
      return s('auditServer');
  }
}

/** What was done, or what happened. */
export const didText = ({ type, event, facts }: AuditItem): string =>
  event === null ? (happenedWord(facts) ?? didWord(type)) : eventWord(event.name);

/** "PIN", "12-mal": more of an event than its name. */
export function eventTexts({ event }: AuditItem): string[] {
  if (event === null) return [];
  const times = event.count > 1 ? [s('auditTimes', { n: String(event.count) })] : [];
  return [...(event.what === null ? [] : [whatWord(event.what)]), ...times];
}

/** What it was about: "M007", "Schalter 3". */
export const subjectTexts = ({ subjects }: AuditItem): string[] =>
  subjects.flatMap(({ kind, name }) => {
    if (name === null) return [];
    return [kind === 'counter' ? s('auditCounter', { name }) : name];
  });

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const PARTED = ['settings', 'health'];

/** "settings.speech" and "name.fr" as a person says them. */
export function fieldText(field: string): string {
  const [first = '', ...rest] = field.split('.');
  const [name = '', part] = PARTED.includes(first) ? rest : [first, ...rest];
  if (name === 'away') return fieldWord(field);
  if (name === 'hours' && part === 'exceptions') return fieldWord('exceptions');
  if (name === 'hours' && part === 'week') {
    const day = WEEKDAYS[Number(rest[1]) - 1];
    return day === undefined ? fieldWord('hours') : `${fieldWord('hours')}, ${s(day)}`;
  }
  if (part !== undefined && part in LANGUAGE_NAMES) {
    return `${fieldWord(name)}, ${word('language', part as keyof typeof LANGUAGE_NAMES)}`;
  }
  return fieldWord(name);
}

/** Which fields hold a value of which list. */
const ENUMERATION: Readonly<Record<string, EnumerationName>> = {
  'organisations.language': 'language',
  'people.role': 'role',
  'roleAssignments.role': 'role',
  'roles.parents': 'role',
  'personGrants.permission': 'permission',
  'personGrants.scope': 'reach',
  'personGrants.effect': 'effect',
  'people.language': 'language',
  'locations.kind': 'locationKind',
  'locations.endOfDay': 'endOfDay',
  'locations.languages': 'language',
  'devices.kind': 'deviceKind',
  'devices.settings.languages': 'language',
  'devices.settings.media': 'mediaZone',
  'devices.health.printer': 'printerState',
  'devices.health.sound': 'soundState',
  'services.kind': 'serviceKind',
  'presences.state': 'presenceState',
  'visits.language': 'language',
  'visits.source': 'visitSource',
  'visits.presence': 'presence',
  'visitContacts.consentLanguage': 'language',
  'visitContacts.consentSource': 'visitSource',
  'stages.status': 'stageStatus',
  'stages.holdOwner': 'holdOwner',
  'callReceipts.sound': 'callSound',
  'messages.template': 'messageTemplate',
  'messages.channel': 'messageChannel',
  'messages.language': 'language',
  'messages.status': 'messageStatus',
  'reservations.status': 'reservationStatus',
};

interface Told {
  /** "stages.status". */
  readonly path: string;
  readonly names: Readonly<Record<string, string>>;
  readonly timeZone: string;
  /** When the entry was written: a time of another day is said with its day. */
  readonly at: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const NOTHING = '–';

/** A value as a person reads it. */
export function valueText(value: unknown, told: Told): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'boolean') return value ? s('auditYes') : s('auditNo');
  if (typeof value === 'number') return colourText(value, told.path) ?? String(value);
  if (Array.isArray(value)) {
    const parts = value.map((part: unknown) => valueText(part, told));
    if (parts.length > 0) return parts.join(', ');
    return told.path.includes('.hours.week.') ? s('hoursClosed') : NOTHING;
  }
  if (typeof value === 'object') return spanText(value, told);
  if (typeof value !== 'string') return NOTHING;
  const enumeration = ENUMERATION[told.path];
  if (enumeration === 'role') return roleText(value, told.names);
  if (enumeration !== undefined) return word(enumeration, value as never);
  if (INSTANT.test(value)) return whenText(value, told);
  return told.names[value] ?? value;
}

function colourText(value: number, path: string): string | null {
  if (path !== 'services.colour') return null;
  return s(`colour${value}` as 'colour1');
}

function whenText(value: string, { timeZone, at }: Told): string {
  const day = formatDay(value, language(), timeZone);
  const clock = time(value, timeZone);
  return day === formatDay(at, language(), timeZone) ? clock : `${day}, ${clock}`;
}

/** A shipped role by its word, one of the organisation's own by its name. */
function roleText(value: string, names: Told['names']): string {
  const role = PERSON_ROLES.find((name) => name === roleOf(value));
  return role === undefined ? (names[value] ?? value) : word('role', role);
}

/** An interval of opening hours, a day that differs, or a right of a role. */
function spanText(value: object, told: Told): string {
  if ('permission' in value && 'scope' in value) {
    return `${word('permission', value.permission as never)} (${word('reach', value.scope as never)})`;
  }
  const { from, to, day, name, intervals } = value as Readonly<Record<string, unknown>>;
  if (typeof from === 'string' && typeof to === 'string') return `${from}–${to}`;
  const hours = valueText(intervals, told);
  return [day, name, hours === NOTHING ? s('hoursClosed') : hours]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ');
}
