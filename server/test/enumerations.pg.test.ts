// The list of enumerations against the checks of the database, both ways.
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { ENUMERATIONS, type EnumerationName } from '@schalter/shared/enumerations.ts';
import { createTestDatabase } from './database.ts';

/** Where the database checks it: `table.column`, or a part of a JSON column. */
const CHECKED_IN: Readonly<Record<EnumerationName, readonly string[]>> = {
  language: [
    'calls.language',
    'locations.languages',
    'messages.language',
    'organisations.language',
    'people.language',
    'visit_contacts.consent_language',
    'visits.language',
  ],
  // An organisation's own roles are named by id beside these; and a permission is checked before it is
  // written, as is its condition.
  role: [],
  permission: [],
  reach: ['person_grants.scope'],
  effect: ['person_grants.effect'],
  condition: [],
  deviceKind: ['devices.kind', 'pairings.kind'],
  locationKind: ['locations.kind'],
  endOfDay: ['locations.end_of_day'],
  printerState: ['devices.health.printer'],
  soundState: ['devices.health.sound'],
  mediaZone: ['devices.settings.media'],
  serviceKind: ['services.kind'],
  presenceState: ['presences.state'],
  visitSource: ['visit_contacts.consent_source', 'visits.source'],
  presence: ['visits.presence'],
  stageStatus: ['stages.status'],
  holdOwner: ['stages.hold_owner'],
  callSound: ['call_receipts.sound'],
  messageTemplate: ['messages.template'],
  messageStatus: ['messages.status'],
  messageChannel: ['messages.channel'],
  reservationStatus: ['reservations.status'],
};
/** In no row that a screen holds: where one is shown, its words are that page's. */
const INTERNAL = {
  'streams.kind': ['location', 'organisation'],
  'sessions.method': ['password', 'pin', 'passkey', 'link', 'setup'],
  'mails.purpose': ['reset', 'invitation', 'password_changed'],
  'mails.status': ['queued', 'sent', 'failed', 'not_sent'],
  'push_subscriptions.owner': ['person', 'visit'],
  'one_time_links.purpose': ['reset', 'invitation'],
};

it('[EM-02] [DB-02] [DB10] every enumeration has a check with exactly its values, and every check is of one', async () => {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 1 });
  const checks = await sql<{ table: string; column: string; definition: string }[]>`
    select t.relname as table, a.attname as column, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where n.nspname = 'public' and k.contype = 'c'`;
  await sql.end();
  await database.drop();

  const found = Object.fromEntries(
    checks
      // A list of texts; not a range ("rating") or a pattern ("letter").
      .filter(({ definition }) => /'::text/.test(definition) && !definition.includes('~'))
      .map(({ table, column, definition }) => {
        const part = /->> '(\w+)'/.exec(definition)?.[1];
        const values = [...definition.replace(/->> '\w+'::text/, '').matchAll(/'([^']*)'::text/g)];
        return [[table, column, ...(part === undefined ? [] : [part])].join('.'), values.map(([, v]) => v)];
      }),
  );
  const expected = Object.entries(CHECKED_IN).flatMap(([name, places]) =>
    places.map((place) => [place, [...ENUMERATIONS[name as EnumerationName]]] as const),
  );
  expect(found).toEqual({ ...Object.fromEntries(expected), ...INTERNAL });
});
