import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { SCOPES } from '@schalter/shared/kernel/permission.ts';
import { EFFECTS } from '@schalter/shared/platform/rows.ts';
import { at, ofOrganisation, oneOf } from './columns.ts';

export const people = pgTable(
  'people',
  {
    ...ofOrganisation,
    name: varchar({ length: 60 }).notNull(),
    email: varchar({ length: 254 }).notNull(),
    role: varchar({ length: 36 }).notNull(),
    locationIds: uuid().array().notNull(),
    everywhere: boolean().notNull().default(false),
    roleExpiresAt: at(),
    roleAssignedBy: uuid(),
    roleAssignedAt: at(),
    language: text().notNull(),
    active: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'people_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('people_organisation_id_email_key')
      .on(t.organisationId, t.email)
      .where(sql`archived_at is null`),
    oneOf('people_language_check', t.language, LANGUAGES),
  ],
);

/** Roles that the organisation has made; the shipped ones are code, so a role is named by its name or by an id. */
export const roles = pgTable(
  'roles',
  {
    ...ofOrganisation,
    name: varchar({ length: 40 }).notNull(),
    parents: varchar({ length: 36 }).array().notNull(),
    grants: jsonb().notNull(),
  },
  (t) => [
    primaryKey({ name: 'roles_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('roles_organisation_id_name_key')
      .on(t.organisationId, t.name)
      .where(sql`archived_at is null`),
  ],
);

const ofPerson = {
  ...ofOrganisation,
  personId: uuid().notNull(),
  locationIds: uuid().array().notNull(),
  everywhere: boolean().notNull(),
  assignedBy: uuid(),
  assignedAt: at().notNull(),
  expiresAt: at(),
  active: boolean().notNull(),
};

export const roleAssignments = pgTable(
  'role_assignments',
  { ...ofPerson, role: varchar({ length: 36 }).notNull() },
  (t) => [
    primaryKey({ name: 'role_assignments_pkey', columns: [t.organisationId, t.id] }),
    index('role_assignments_organisation_id_person_id_idx').on(t.organisationId, t.personId),
  ],
);

export const personGrants = pgTable(
  'person_grants',
  {
    ...ofPerson,
    permission: varchar({ length: 40 }).notNull(),
    scope: text().notNull(),
    condition: jsonb(),
    effect: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'person_grants_pkey', columns: [t.organisationId, t.id] }),
    index('person_grants_organisation_id_person_id_idx').on(t.organisationId, t.personId),
    oneOf('person_grants_scope_check', t.scope, SCOPES),
    oneOf('person_grants_effect_check', t.effect, EFFECTS),
  ],
);
