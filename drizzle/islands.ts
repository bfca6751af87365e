// Organisations are islands, by the database itself: row-level security on every table that says whose a row is.
// Applied after each migration, so that a new table is inside from its first row on; docs/spec/database.md.
import type postgres from 'postgres';

/** Whom the server works as: it owns nothing, sees what its transaction names, and cannot sign in by itself. */
export const APP_ROLE = 'schalter_app';
/** Of a transaction: the organisations whose rows it sees and may write, as an array's text. */
export const ORGANISATIONS = 'app.organisations';

/** Rows that are written once. Everything else is changed in place; nothing but an expired secret is deleted. */
const WRITTEN_ONCE = ['journal', 'refusals'];
/** What only the owner's functions write, and those functions: a migration makes them. */
const SEALED = ['journal_seals', 'journal_redactions'];
const SEALING = ['seal_journal', 'redact_journal_entry'];
const DELETABLE = ['installation_secrets', 'rate_limits'];
/** A row without an organisation belongs to nobody yet: a device that asks to be paired. */
const NOT_YET_OWNED = ['pairings'];
/** Schemas of tools, whose tables carry no organisation: the jobs, and which migrations there were. */
const TOOL_SCHEMAS = ['pgboss', 'drizzle'];

/**
 * The doors: what is asked before anybody knows the organisation. Each takes a key that only its holder has (a
 * token's hash, a link, an id) and answers no more than whose it is; or it is what the server's own rounds begin with.
 */
const DOORS: Readonly<Record<string, string>> = {
  'enter_stream(stream_id uuid, is_locked boolean)': `
returns setof streams language plpgsql as $$
declare
  head streams;
begin
  if is_locked then
    select * into head from streams s where s.id = stream_id for update;
  else
    select * into head from streams s where s.id = stream_id;
  end if;
  if head.id is null then return; end if;
  perform set_config('${ORGANISATIONS}', array[head.organisation_id]::text, true);
  return next head;
end $$`,
  'stream_heads(ids uuid[])': `
returns setof streams language sql stable as $$
  select * from streams where id = any(ids)
$$`,
  'session_by_token(hash text)': `
returns setof sessions language sql stable as $$
  select * from sessions where token_hash = hash
$$`,
  'session_by_access(hash text)': `
returns table (id uuid, organisation_id uuid, person_id uuid, device_id uuid, token_hash text,
  is_strong boolean, expires_at timestamptz, revoked_at timestamptz, access_expires_at timestamptz, is_seen boolean)
language sql stable as $$
  select s.id, s.organisation_id, s.person_id, s.device_id, s.token_hash, s.is_strong, s.expires_at, s.revoked_at,
    a.expires_at, a.seen_at is not null
  from access_tokens a join sessions s on s.token_hash = a.session_hash where a.token_hash = hash
$$`,
  'sign_in_step_by_token(hash text)': `
returns setof sign_in_steps language sql stable as $$
  select * from sign_in_steps where token_hash = hash
$$`,
  'organisation_of_passkey(credential text)': `
returns uuid language sql stable as $$
  select organisation_id from passkeys where credential_id = credential and removed_at is null
$$`,
  'link_by_token(hash text)': `
returns setof one_time_links language sql stable as $$
  select * from one_time_links where token_hash = hash
$$`,
  'device_by_token(hash text)': `
returns setof device_tokens language sql stable as $$
  select * from device_tokens where token_hash = hash
$$`,
  'organisation_of_pairing(pairing_id uuid)': `
returns uuid language sql stable as $$
  select organisation_id from pairings where id = pairing_id
$$`,
  'person_by_email(address text)': `
returns table (id uuid, organisation_id uuid) language sql stable as $$
  select p.id, p.organisation_id from people p where p.email = address and p.archived_at is null
$$`,
  'visit_by_link(link text)': `
returns table (id uuid, organisation_id uuid, location_id uuid) language sql stable as $$
  select v.id, v.organisation_id, v.location_id from visits v where v.link_token = link and v.archived_at is null
$$`,
  'location_by_code(wanted text)': `
returns table (id uuid, organisation_id uuid, code text, name text, time_zone text) language sql stable as $$
  select l.id, l.organisation_id, l.code, l.name, l.time_zone from locations l
  where l.code = wanted and l.archived_at is null
$$`,
  'organisation_ids()': `
returns setof uuid language sql stable as $$
  select id from organisations where archived_at is null
$$`,
  'location_ids()': `
returns setof uuid language sql stable as $$
  select id from locations where archived_at is null
$$`,
  'sweep_credentials(before timestamptz)': `
returns void language sql as $$
  delete from pairings where expires_at < before;
  -- A token names its session as long as that lives: hours, and these are days.
  delete from access_tokens where expires_at < before;
  delete from passkey_challenges where expires_at < before;
  delete from sign_in_steps where expires_at < before;
  delete from proofs where created_at < before;
  delete from one_time_links where expires_at < before;
  delete from push_subscriptions where expires_at < before;
  update mails set body = null where expires_at < before and body is not null;
  delete from mails where created_at < before - interval '28 days';
  delete from sessions where expires_at < before or revoked_at < before
$$`,
};

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

const ROLE = `
do $do$
begin
  if not exists (select from pg_roles where rolname = '${APP_ROLE}') then
    create role ${APP_ROLE} nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $do$;
do $do$
begin
  -- Before 16 whoever is a member may take the role on.
  if not pg_has_role(current_user, '${APP_ROLE}',
      case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) then
    execute format('grant ${APP_ROLE} to %I', current_user);
  end if;
end $do$;`;

/** Read once for a statement, not once for a row. Nothing set is nothing seen. */
const SEEN = `organisation_id = any ((select nullif(current_setting('${ORGANISATIONS}', true), '')::uuid[])::uuid[])`;

/**
 * The owner's own policy is for its tools (migrations, \`npm run verify\`, backups) and for the doors, which are the
 * owner's functions; security is forced, so that not even the owner gets round a policy by accident.
 */
const POLICIES = `
do $do$
declare
  of regclass;
  seen text;
begin
  for of in
    select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'organisation_id'
      and not a.attisdropped
  loop
    seen := $p$${SEEN}$p$;
    if of::text in (${quoted(NOT_YET_OWNED)}) then seen := 'organisation_id is null or ' || seen; end if;
    if not (select relrowsecurity and relforcerowsecurity from pg_class where oid = of) then
      execute format('alter table %s enable row level security, force row level security', of);
    end if;
    if not exists (select from pg_policy where polrelid = of and polname = 'island') then
      execute format('create policy island on %s to ${APP_ROLE} using (%s)', of, seen);
    end if;
    if not exists (select from pg_policy where polrelid = of and polname = 'owner') then
      execute format('create policy owner on %s to %I using (true)', of, current_user);
    end if;
  end loop;
end $do$;`;

const GRANTS = `
grant usage on schema public to ${APP_ROLE};
grant select, insert, update on all tables in schema public to ${APP_ROLE};
${WRITTEN_ONCE.map((table) => `revoke update on ${table} from ${APP_ROLE};`).join('\n')}
${SEALED.map((table) => `revoke insert, update on ${table} from ${APP_ROLE};`).join('\n')}
${DELETABLE.map((table) => `grant delete on ${table} to ${APP_ROLE};`).join('\n')}
do $do$
declare
  of text;
begin
  for of in select nspname from pg_namespace where nspname in (${quoted(TOOL_SCHEMAS)}) or nspname like 'batch\\_%' loop
    execute format('grant usage on schema %I to ${APP_ROLE}', of);
  end loop;
  if to_regnamespace('pgboss') is not null then
    grant select, insert, update, delete on all tables in schema pgboss to ${APP_ROLE};
  end if;
  if to_regclass('drizzle.__drizzle_migrations') is not null then
    grant select on drizzle.__drizzle_migrations to ${APP_ROLE};
  end if;
end $do$;`;

const admit = (name: string): string =>
  `revoke all on function ${name} from public;\ngrant execute on function ${name} to ${APP_ROLE};`;

const DOOR_FUNCTIONS = Object.entries(DOORS)
  .map(([signature, rest]) => {
    const name = signature.slice(0, signature.indexOf('('));
    const attributes = `security definer set search_path = public, pg_temp`;
    return `create or replace function ${signature} ${rest.trim().replace(/ as \$\$/, ` ${attributes} as $$$$`)};\n${admit(name)}`;
  })
  .join('\n');

/** Whoever may not create roles is told what to ask for: 42501, insufficient privilege. */
const NOT_ALLOWED = '42501';

/** Puts every table of organisations behind the policies, and admits the server to what it needs. */
export async function protect(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(ROLE).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== NOT_ALLOWED) throw error;
    throw new Error(
      `The role of the database's address may not create the role ${APP_ROLE}. Ask whoever may to run: ` +
        `create role ${APP_ROLE} nologin; grant ${APP_ROLE} to <the role of the address>;`,
      { cause: error },
    );
  });
  await sql.begin(async (tx) => {
    await tx.unsafe(DOOR_FUNCTIONS);
    await tx.unsafe(POLICIES);
    await tx.unsafe(GRANTS);
    await tx.unsafe(SEALING.map(admit).join('\n'));
  });
}
