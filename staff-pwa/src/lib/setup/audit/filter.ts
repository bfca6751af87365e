import type { Person } from '@schalter/shared/platform/rows.ts';
import { SECURITY_EVENTS } from '@schalter/shared/platform/security.ts';
import { s } from '../texts.svelte.ts';
import type { AuditAsked } from './source.ts';
import { auditWords, eventWord } from './words.svelte.ts';

export type Area = 'here' | 'organisation' | 'security';

/** The choices of "who" are people by their id, and everybody else by what they are. */
const KIND = 'kind:';

export function filterOf(who: string): AuditAsked {
  if (who === '') return {};
  return who.startsWith(KIND) ? { actor: who.slice(KIND.length) } : { personId: who };
}

interface Option {
  readonly value: string;
  readonly text: string;
}

export const peopleOptions = (people: ReadonlyMap<string, Person> | undefined): readonly Option[] => [
  { value: '', text: s('auditEverybody') },
  ...byText([...(people?.values() ?? [])].map(({ id, name }) => ({ value: id, text: name }))),
  { value: `${KIND}device`, text: s('auditDevices') },
  { value: `${KIND}customer`, text: s('auditCustomers') },
  { value: `${KIND}system`, text: s('auditServer') },
];

/** What can happen to an organisation itself; everything else happens at a location. */
const OF_ORGANISATION: readonly string[] = [
  'platform.createOrganisation',
  'platform.setPerson',
  'platform.setAuditPolicy',
  'platform.setSignInPolicy',
  'platform.setAssignment',
  'platform.setGrant',
  'platform.setRole',
  'platform.archiveRole',
];
const OF_SECURITY: readonly string[] = [
  'platform.setPerson',
  'platform.setAssignment',
  'platform.setGrant',
  'platform.setRole',
  'platform.archiveRole',
  'platform.setAuditPolicy',
  'platform.setSignInPolicy',
];
const EVENT = 'event:';

/** What the choice of "what" asks for: a type of command, or a kind of event. */
export const whatOf = (what: string): AuditAsked =>
  what.startsWith(EVENT) ? { event: what.slice(EVENT.length) } : { type: what };

export const typeOptions = (area: Area): readonly Option[] => [
  { value: '', text: s('auditEverything') },
  ...byText([
    ...Object.entries(auditWords().did)
      .filter(([type]) => isOf(area, type))
      .map(([value, text]) => ({ value, text })),
    ...(area === 'security' ? SECURITY_EVENTS : []).map((name) => ({
      value: `${EVENT}${name}`,
      text: eventWord(name),
    })),
  ]),
];

function isOf(area: Area, type: string): boolean {
  if (type === 'platform.recordSecurityEvent') return false;
  if (area === 'security') return OF_SECURITY.includes(type);
  return OF_ORGANISATION.includes(type) === (area === 'organisation');
}

const byText = (options: readonly Option[]): readonly Option[] =>
  [...options].sort((a, b) => a.text.localeCompare(b.text));
