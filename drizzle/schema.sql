-- Generated from the migrations by `npm run generate`; not applied anywhere.

CREATE OR REPLACE FUNCTION public.device_by_token(hash text)
 RETURNS SETOF device_tokens
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select * from device_tokens where token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION public.enter_stream(stream_id uuid, is_locked boolean)
 RETURNS SETOF streams
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  head streams;
begin
  if is_locked then
    select * into head from streams s where s.id = stream_id for update;
  else
    select * into head from streams s where s.id = stream_id;
  end if;
  if head.id is null then return; end if;
  perform set_config('app.organisations', array[head.organisation_id]::text, true);
  return next head;
end $function$
;

CREATE OR REPLACE FUNCTION public.journal_digest(salt bytea, entry journal)
 RETURNS bytea
 LANGUAGE sql
 STABLE
AS $function$
  select sha256(salt || convert_to(concat_ws(chr(31), entry.fingerprint, entry.input, coalesce(entry.result::text, ''),
    entry.facts, entry.changes, entry.actor), 'UTF8'))
$function$
;

CREATE OR REPLACE FUNCTION public.journal_frame(entry journal)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select json_build_array(entry.organisation_id, entry.stream_id, entry.seq, entry.command_id, entry.type,
    entry.actor->>'kind', entry.actor->>'personId', entry.actor->>'deviceId', entry.actor->>'visitId', entry.device_id,
    (extract(epoch from entry.occurred_at) * 1000)::bigint, (extract(epoch from entry.at) * 1000)::bigint)::text
$function$
;

CREATE OR REPLACE FUNCTION public.link_by_token(hash text)
 RETURNS SETOF one_time_links
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select * from one_time_links where token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION public.location_by_code(wanted text)
 RETURNS TABLE(id uuid, organisation_id uuid, code text, name text, time_zone text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select l.id, l.organisation_id, l.code, l.name, l.time_zone from locations l
  where l.code = wanted and l.archived_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.location_ids()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select id from locations where archived_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.organisation_ids()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select id from organisations where archived_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.organisation_of_pairing(pairing_id uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select organisation_id from pairings where id = pairing_id
$function$
;

CREATE OR REPLACE FUNCTION public.organisation_of_passkey(credential text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select organisation_id from passkeys where credential_id = credential and removed_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.person_by_email(address text)
 RETURNS TABLE(id uuid, organisation_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select p.id, p.organisation_id from people p where p.email = address and p.archived_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.redact_journal_entry(of_organisation uuid, of_stream uuid, of_seq bigint, by_command uuid, new_input json, new_result json, new_facts json, new_changes json, new_actor json)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  entry journal;
begin
  -- Nobody seals or redacts for an organisation that the transaction does not name (drizzle/islands.ts).
  if not of_organisation = any (coalesce(nullif(current_setting('app.organisations', true), ''), '{}')::uuid[]) then
    raise exception 'not of this transaction''s organisations' using errcode = '42501';
  end if;
  if not exists (
    select from streams s join journal j on j.organisation_id = s.organisation_id and j.stream_id = s.id
    where s.organisation_id = of_organisation and j.command_id = by_command
  ) then
    raise exception 'no erasure % in the journal', by_command using errcode = 'SC002';
  end if;
  -- Its digest is of what it said: it is sealed before, as everything up to it is.
  perform seal_journal(of_organisation, of_stream, 2147483647);
  select j.* into entry from journal j
    where j.organisation_id = of_organisation and j.stream_id = of_stream and j.seq = of_seq for update;
  if not found then
    raise exception 'no entry % in stream %', of_seq, of_stream using errcode = 'SC002';
  end if;
  -- It is a hash of the input: who knows the rest of it finds a phone number by trying them all.
  entry.fingerprint := 'redacted';
  entry.input := coalesce(new_input, entry.input);
  entry.result := coalesce(new_result, entry.result);
  entry.facts := coalesce(new_facts, entry.facts);
  entry.changes := coalesce(new_changes, entry.changes);
  entry.actor := coalesce(new_actor, entry.actor);
  update journal_redactions r set digest = null
    where r.organisation_id = of_organisation and r.stream_id = of_stream and r.seq = of_seq and r.digest is not null;
  insert into journal_redactions (organisation_id, stream_id, seq, command_id, digest, at)
    values (of_organisation, of_stream, of_seq, by_command, journal_digest('', entry), now())
    on conflict (organisation_id, stream_id, seq, command_id) do update set digest = excluded.digest;
  update journal_seals s set salt = null
    where s.organisation_id = of_organisation and s.stream_id = of_stream and s.seq = of_seq and s.salt is not null;
  update journal j set fingerprint = entry.fingerprint, input = entry.input, result = entry.result,
      facts = entry.facts, changes = entry.changes, actor = entry.actor
    where j.organisation_id = of_organisation and j.stream_id = of_stream and j.seq = of_seq;
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change_of_journal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    case tg_table_name
      when 'journal' then
        -- What a redaction has announced, and nothing else.
        if journal_frame(new) = journal_frame(old) and exists (
          select from journal_redactions r
          where r.organisation_id = new.organisation_id and r.stream_id = new.stream_id and r.seq = new.seq
            and r.digest = journal_digest('', new)
        ) then
          return new;
        end if;
      when 'journal_seals' then
        if new.salt is null and (new.organisation_id, new.stream_id, new.seq, new.digest, new.hash)
            = (old.organisation_id, old.stream_id, old.seq, old.digest, old.hash) and exists (
          select from journal_redactions r
          where r.organisation_id = new.organisation_id and r.stream_id = new.stream_id and r.seq = new.seq
        ) then
          return new;
        end if;
      when 'journal_redactions' then
        if (new.organisation_id, new.stream_id, new.seq, new.command_id, new.at)
            = (old.organisation_id, old.stream_id, old.seq, old.command_id, old.at)
            and (new.digest is null or old.digest is null) then
          return new;
        end if;
    end case;
  end if;
  raise exception '% is only ever added to', tg_table_name using errcode = 'SC003';
end $function$
;

CREATE OR REPLACE FUNCTION public.seal_journal(of_organisation uuid, of_stream uuid, most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  entry journal;
  last bigint;
  before bytea;
  salt bytea;
  digest bytea;
  sealed integer := 0;
begin
  -- Nobody seals or redacts for an organisation that the transaction does not name (drizzle/islands.ts).
  if not of_organisation = any (coalesce(nullif(current_setting('app.organisations', true), ''), '{}')::uuid[]) then
    raise exception 'not of this transaction''s organisations' using errcode = '42501';
  end if;
  -- Two servers seal one after the other.
  perform pg_advisory_xact_lock(hashtextextended('seal_journal ' || of_stream, 0));
  select s.seq, s.hash into last, before from journal_seals s
    where s.organisation_id = of_organisation and s.stream_id = of_stream order by s.seq desc limit 1;
  last := coalesce(last, 0);
  before := coalesce(before, '');
  for entry in
    select j.* from journal j
    where j.organisation_id = of_organisation and j.stream_id = of_stream and j.seq > last order by j.seq limit most
  loop
    -- A gap is no matter of the seal: `npm run verify` names it.
    exit when entry.seq <> last + 1;
    salt := uuid_send(gen_random_uuid());
    digest := journal_digest(salt, entry);
    before := sha256(before || digest || convert_to(journal_frame(entry), 'UTF8'));
    insert into journal_seals (organisation_id, stream_id, seq, salt, digest, hash)
      values (of_organisation, of_stream, entry.seq, salt, digest, before);
    last := entry.seq;
    sealed := sealed + 1;
  end loop;
  return sealed;
end $function$
;

CREATE OR REPLACE FUNCTION public.session_by_access(hash text)
 RETURNS TABLE(id uuid, organisation_id uuid, person_id uuid, device_id uuid, token_hash text, is_strong boolean, expires_at timestamp with time zone, revoked_at timestamp with time zone, access_expires_at timestamp with time zone, is_seen boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select s.id, s.organisation_id, s.person_id, s.device_id, s.token_hash, s.is_strong, s.expires_at, s.revoked_at,
    a.expires_at, a.seen_at is not null
  from access_tokens a join sessions s on s.token_hash = a.session_hash where a.token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION public.session_by_token(hash text)
 RETURNS SETOF sessions
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select * from sessions where token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION public.sign_in_step_by_token(hash text)
 RETURNS SETOF sign_in_steps
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select * from sign_in_steps where token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION public.stream_heads(ids uuid[])
 RETURNS SETOF streams
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select * from streams where id = any(ids)
$function$
;

CREATE OR REPLACE FUNCTION public.sweep_credentials(before timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.visit_by_link(link text)
 RETURNS TABLE(id uuid, organisation_id uuid, location_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select v.id, v.organisation_id, v.location_id from visits v where v.link_token = link and v.archived_at is null
$function$
;

create table access_tokens (
  token_hash text not null,
  organisation_id uuid not null,
  session_hash text not null,
  expires_at timestamp(3) with time zone not null,
  seen_at timestamp(3) with time zone,
  constraint access_tokens_pkey PRIMARY KEY (token_hash)
);
create policy island on access_tokens as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on access_tokens as permissive for all to schalter using (true);
alter table access_tokens enable row level security;

create table call_receipts (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  call_id uuid not null,
  device_id uuid not null,
  "order" integer not null,
  shown_at timestamp(3) with time zone not null,
  sound text not null,
  constraint call_receipts_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint call_receipts_sound_check CHECK ((sound = ANY (ARRAY['spoken'::text, 'chime'::text, 'silent'::text]))),
  constraint call_receipts_call_id_fkey FOREIGN KEY (organisation_id, location_id, call_id) REFERENCES calls(organisation_id, location_id, id) ON DELETE RESTRICT,
  constraint call_receipts_device_id_fkey FOREIGN KEY (organisation_id, location_id, device_id) REFERENCES devices(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX call_receipts_organisation_id_location_id_call_device_key ON public.call_receipts USING btree (organisation_id, location_id, call_id, device_id);
create policy island on call_receipts as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on call_receipts as permissive for all to schalter using (true);
alter table call_receipts enable row level security;

create table calls (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  business_day date not null,
  "order" integer not null,
  visit_id uuid not null,
  stage_id uuid not null,
  call_no integer not null,
  series character varying(1) not null,
  number integer not null,
  service_id uuid not null,
  counter_id uuid not null,
  counter_name character varying(12) not null,
  language text not null,
  called_at timestamp(3) with time zone not null,
  withdrawn_at timestamp(3) with time zone,
  constraint calls_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint calls_language_check CHECK ((language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text]))),
  constraint calls_counter_id_fkey FOREIGN KEY (organisation_id, location_id, counter_id) REFERENCES counters(organisation_id, location_id, id) ON DELETE RESTRICT,
  constraint calls_stage_id_fkey FOREIGN KEY (organisation_id, location_id, stage_id) REFERENCES stages(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX calls_organisation_id_location_id_business_day_order_key ON public.calls USING btree (organisation_id, location_id, business_day, "order");
create policy island on calls as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on calls as permissive for all to schalter using (true);
alter table calls enable row level security;

create table counters (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  name character varying(12) not null,
  "position" integer not null,
  service_ids uuid[] not null,
  active boolean not null,
  constraint counters_pkey PRIMARY KEY (organisation_id, location_id, id)
);
CREATE UNIQUE INDEX counters_organisation_id_location_id_name_key ON public.counters USING btree (organisation_id, location_id, name) WHERE (archived_at IS NULL);
create policy island on counters as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on counters as permissive for all to schalter using (true);
alter table counters enable row level security;

create table credentials (
  organisation_id uuid not null,
  person_id uuid not null,
  password_hash text,
  pin_hash text,
  pin_failures integer default 0 not null,
  pin_locked_until timestamp(3) with time zone,
  updated_at timestamp(3) with time zone default now() not null,
  failed_attempts integer default 0 not null,
  last_sign_in_at timestamp(3) with time zone,
  totp_secret text,
  totp_since timestamp(3) with time zone,
  totp_last_step integer,
  constraint credentials_pkey PRIMARY KEY (organisation_id, person_id)
);
create policy island on credentials as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on credentials as permissive for all to schalter using (true);
alter table credentials enable row level security;

create table device_tokens (
  token_hash text not null,
  organisation_id uuid not null,
  location_id uuid not null,
  device_id uuid not null,
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  follows_hash text,
  retired_at timestamp(3) with time zone,
  seen_at timestamp(3) with time zone,
  constraint device_tokens_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX device_tokens_organisation_id_location_id_device_id_idx ON public.device_tokens USING btree (organisation_id, location_id, device_id);
create policy island on device_tokens as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on device_tokens as permissive for all to schalter using (true);
alter table device_tokens enable row level security;

create table devices (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  kind text not null,
  name character varying(60) not null,
  settings jsonb not null,
  health jsonb,
  paired_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  constraint devices_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint devices_health_printer_check CHECK (((health ->> 'printer'::text) = ANY (ARRAY['ready'::text, 'paperOut'::text, 'coverOpen'::text, 'offline'::text, 'disconnected'::text, 'unsupported'::text, 'notChosen'::text]))),
  constraint devices_health_sound_check CHECK (((health ->> 'sound'::text) = ANY (ARRAY['voice'::text, 'chimeOnly'::text, 'locked'::text, 'off'::text]))),
  constraint devices_kind_check CHECK ((kind = ANY (ARRAY['kiosk'::text, 'display'::text, 'station'::text]))),
  constraint devices_settings_media_check CHECK (((settings ->> 'media'::text) = ANY (ARRAY['none'::text, 'text'::text])))
);
create policy island on devices as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on devices as permissive for all to schalter using (true);
alter table devices enable row level security;

create table help_requests (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  device_id uuid not null,
  requested_at timestamp(3) with time zone not null,
  resolved_at timestamp(3) with time zone,
  resolved_by uuid,
  constraint help_requests_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint help_requests_device_id_fkey FOREIGN KEY (organisation_id, location_id, device_id) REFERENCES devices(organisation_id, location_id, id) ON DELETE RESTRICT
);
create policy island on help_requests as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on help_requests as permissive for all to schalter using (true);
alter table help_requests enable row level security;

create table installation_secrets (
  name character varying(40) not null,
  value character varying(100) not null,
  created_at timestamp(3) with time zone default now() not null,
  constraint installation_secrets_pkey PRIMARY KEY (name)
);

create table journal (
  organisation_id uuid not null,
  stream_id uuid not null,
  seq bigint not null,
  command_id uuid not null,
  fingerprint text not null,
  type character varying(64) not null,
  input json not null,
  result json,
  facts json not null,
  changes json not null,
  actor json not null,
  device_id uuid,
  occurred_at timestamp(3) with time zone not null,
  at timestamp(3) with time zone not null,
  constraint journal_pkey PRIMARY KEY (organisation_id, stream_id, seq)
);
CREATE UNIQUE INDEX journal_organisation_id_stream_id_command_id_key ON public.journal USING btree (organisation_id, stream_id, command_id);
CREATE TRIGGER journal_append_only BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION refuse_change_of_journal();
CREATE TRIGGER journal_append_only_truncate BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_journal();
create policy island on journal as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on journal as permissive for all to schalter using (true);
alter table journal enable row level security;

create table journal_checks (
  organisation_id uuid not null,
  checked_at timestamp(3) with time zone not null,
  damages integer,
  constraint journal_checks_pkey PRIMARY KEY (organisation_id)
);
create policy island on journal_checks as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on journal_checks as permissive for all to schalter using (true);
alter table journal_checks enable row level security;

create table journal_redactions (
  organisation_id uuid not null,
  stream_id uuid not null,
  seq bigint not null,
  command_id uuid not null,
  digest bytea,
  at timestamp(3) with time zone not null,
  constraint journal_redactions_pkey PRIMARY KEY (organisation_id, stream_id, seq, command_id)
);
CREATE TRIGGER journal_redactions_append_only BEFORE DELETE OR UPDATE ON public.journal_redactions FOR EACH ROW EXECUTE FUNCTION refuse_change_of_journal();
CREATE TRIGGER journal_redactions_append_only_truncate BEFORE TRUNCATE ON public.journal_redactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_journal();
create policy island on journal_redactions as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on journal_redactions as permissive for all to schalter using (true);
alter table journal_redactions enable row level security;

create table journal_seals (
  organisation_id uuid not null,
  stream_id uuid not null,
  seq bigint not null,
  salt bytea,
  digest bytea not null,
  hash bytea not null,
  constraint journal_seals_pkey PRIMARY KEY (organisation_id, stream_id, seq)
);
CREATE TRIGGER journal_seals_append_only BEFORE DELETE OR UPDATE ON public.journal_seals FOR EACH ROW EXECUTE FUNCTION refuse_change_of_journal();
CREATE TRIGGER journal_seals_append_only_truncate BEFORE TRUNCATE ON public.journal_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_journal();
create policy island on journal_seals as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on journal_seals as permissive for all to schalter using (true);
alter table journal_seals enable row level security;

create table locations (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  code character varying(24) not null,
  name character varying(60) not null,
  kind text not null,
  address character varying(200) not null,
  phone character varying(30) not null,
  time_zone character varying(60) not null,
  hours jsonb not null,
  day_start character varying(5) not null,
  end_of_day text not null,
  languages text[] not null,
  waiting_area jsonb not null,
  house_message jsonb not null,
  join_by_phone boolean not null,
  sms_countries character varying(2)[] not null,
  approaching_place integer not null,
  approaching_min integer not null,
  no_show_after_calls integer not null,
  no_show_after_s integer not null,
  is_pickup boolean not null,
  is_return boolean not null,
  capacity integer,
  latitude double precision,
  longitude double precision,
  sms_per_day integer default 1000 not null,
  sms_per_month integer default 15000 not null,
  sms_month character varying(7),
  sms_month_sent integer default 0 not null,
  constraint locations_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint locations_end_of_day_check CHECK ((end_of_day = ANY (ARRAY['close'::text, 'keep'::text]))),
  constraint locations_kind_check CHECK ((kind = ANY (ARRAY['airport'::text, 'downtown'::text, 'hotel'::text, 'mall'::text, 'residential'::text]))),
  constraint locations_languages_check CHECK ((languages <@ ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text]))
);
CREATE UNIQUE INDEX locations_organisation_id_code_key ON public.locations USING btree (organisation_id, code) WHERE (archived_at IS NULL);
create policy island on locations as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on locations as permissive for all to schalter using (true);
alter table locations enable row level security;

create table mails (
  organisation_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  purpose text not null,
  to_address character varying(254) not null,
  subject character varying(200) not null,
  body character varying(4000),
  status text default 'queued'::text not null,
  error_code character varying(40),
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  constraint mails_pkey PRIMARY KEY (organisation_id, id),
  constraint mails_purpose_check CHECK ((purpose = ANY (ARRAY['reset'::text, 'invitation'::text, 'password_changed'::text]))),
  constraint mails_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'not_sent'::text])))
);
create policy island on mails as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on mails as permissive for all to schalter using (true);
alter table mails enable row level security;

create table messages (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  business_day date not null,
  visit_id uuid not null,
  stage_id uuid not null,
  template text not null,
  dedupe_key character varying(120) not null,
  channel text not null,
  to_e164 character varying(16) not null,
  language text not null,
  body character varying(500) not null,
  segments integer not null,
  status text not null,
  attempts integer not null,
  claimed_until timestamp(3) with time zone,
  queued_at timestamp(3) with time zone not null,
  sent_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  expires_at timestamp(3) with time zone not null,
  provider_id character varying(64),
  error_code character varying(64),
  constraint messages_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint messages_channel_check CHECK ((channel = 'sms'::text)),
  constraint messages_language_check CHECK ((language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text]))),
  constraint messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'undelivered'::text, 'failed'::text, 'cancelled'::text, 'expired'::text, 'unknown'::text, 'not_sent'::text]))),
  constraint messages_template_check CHECK ((template = ANY (ARRAY['approaching'::text, 'called'::text]))),
  constraint messages_stage_id_fkey FOREIGN KEY (organisation_id, location_id, stage_id) REFERENCES stages(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX messages_organisation_id_location_id_dedupe_key_key ON public.messages USING btree (organisation_id, location_id, dedupe_key);
CREATE INDEX messages_organisation_id_to_e164_business_day_idx ON public.messages USING btree (organisation_id, to_e164, business_day);
create policy island on messages as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on messages as permissive for all to schalter using (true);
alter table messages enable row level security;

create table number_blocks (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  business_day date not null,
  device_id uuid not null,
  first integer not null,
  last integer not null,
  given integer not null,
  leased_at timestamp(3) with time zone not null,
  constraint number_blocks_pkey PRIMARY KEY (organisation_id, location_id, id)
);
CREATE UNIQUE INDEX number_blocks_organisation_id_location_id_day_first_key ON public.number_blocks USING btree (organisation_id, location_id, business_day, first);
create policy island on number_blocks as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on number_blocks as permissive for all to schalter using (true);
alter table number_blocks enable row level security;

create table number_series (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  business_day date not null,
  series character varying(1) not null,
  last_number integer not null,
  constraint number_series_pkey PRIMARY KEY (organisation_id, location_id, id)
);
CREATE UNIQUE INDEX number_series_organisation_id_location_id_day_series_key ON public.number_series USING btree (organisation_id, location_id, business_day, series);
create policy island on number_series as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on number_series as permissive for all to schalter using (true);
alter table number_series enable row level security;

create table one_time_links (
  token_hash text not null,
  organisation_id uuid not null,
  person_id uuid not null,
  purpose text not null,
  address_hash text not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint one_time_links_pkey PRIMARY KEY (token_hash),
  constraint one_time_links_purpose_check CHECK ((purpose = ANY (ARRAY['reset'::text, 'invitation'::text])))
);
CREATE INDEX one_time_links_organisation_id_person_id_idx ON public.one_time_links USING btree (organisation_id, person_id);
create policy island on one_time_links as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on one_time_links as permissive for all to schalter using (true);
alter table one_time_links enable row level security;

create table organisations (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  name character varying(80) not null,
  language text not null,
  currency character varying(3) not null,
  record_reads boolean default false not null,
  second_factor_required boolean default false not null,
  constraint organisations_pkey PRIMARY KEY (organisation_id, id),
  constraint organisations_language_check CHECK ((language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text])))
);
create policy island on organisations as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on organisations as permissive for all to schalter using (true);
alter table organisations enable row level security;

create table pairings (
  id uuid not null,
  code_hash text not null,
  secret_hash text not null,
  kind text not null,
  address character varying(64) not null,
  user_agent character varying(200) not null,
  requested_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  claimed_by uuid,
  organisation_id uuid,
  location_id uuid,
  device_id uuid,
  collected_at timestamp(3) with time zone,
  constraint pairings_pkey PRIMARY KEY (id),
  constraint pairings_kind_check CHECK ((kind = ANY (ARRAY['kiosk'::text, 'display'::text, 'station'::text])))
);
CREATE UNIQUE INDEX pairings_code_hash_key ON public.pairings USING btree (code_hash);
create policy island on pairings as permissive for all to schalter_app using (((organisation_id IS NULL) OR (organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))));
create policy owner on pairings as permissive for all to schalter using (true);
alter table pairings enable row level security;

create table passkey_challenges (
  hash text not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint passkey_challenges_pkey PRIMARY KEY (hash)
);

create table passkeys (
  organisation_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  name character varying(60) not null,
  credential_id character varying(1400) not null,
  public_key character varying(4000) not null,
  counter bigint not null,
  transports character varying(20)[] not null,
  created_at timestamp(3) with time zone not null,
  last_used_at timestamp(3) with time zone,
  removed_at timestamp(3) with time zone,
  constraint passkeys_pkey PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX passkeys_credential_id_key ON public.passkeys USING btree (credential_id);
CREATE INDEX passkeys_organisation_id_person_id_idx ON public.passkeys USING btree (organisation_id, person_id);
create policy island on passkeys as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on passkeys as permissive for all to schalter using (true);
alter table passkeys enable row level security;

create table people (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  name character varying(60) not null,
  email character varying(254) not null,
  role character varying(36) not null,
  location_ids uuid[] not null,
  language text not null,
  active boolean not null,
  everywhere boolean default false not null,
  role_expires_at timestamp(3) with time zone,
  role_assigned_by uuid,
  role_assigned_at timestamp(3) with time zone,
  constraint people_pkey PRIMARY KEY (organisation_id, id),
  constraint people_language_check CHECK ((language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text])))
);
CREATE UNIQUE INDEX people_organisation_id_email_key ON public.people USING btree (organisation_id, email) WHERE (archived_at IS NULL);
create policy island on people as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on people as permissive for all to schalter using (true);
alter table people enable row level security;

create table person_grants (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  person_id uuid not null,
  location_ids uuid[] not null,
  everywhere boolean not null,
  assigned_by uuid,
  assigned_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone,
  active boolean not null,
  permission character varying(40) not null,
  scope text not null,
  condition jsonb,
  effect text not null,
  constraint person_grants_pkey PRIMARY KEY (organisation_id, id),
  constraint person_grants_effect_check CHECK ((effect = ANY (ARRAY['allow'::text, 'deny'::text]))),
  constraint person_grants_scope_check CHECK ((scope = ANY (ARRAY['own'::text, 'location'::text, 'organisation'::text])))
);
CREATE INDEX person_grants_organisation_id_person_id_idx ON public.person_grants USING btree (organisation_id, person_id);
create policy island on person_grants as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on person_grants as permissive for all to schalter using (true);
alter table person_grants enable row level security;

create table presences (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  counter_id uuid not null,
  person_id uuid not null,
  person_name character varying(60) not null,
  state text not null,
  since timestamp(3) with time zone not null,
  away jsonb,
  constraint presences_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint presences_state_check CHECK ((state = ANY (ARRAY['available'::text, 'break'::text]))),
  constraint presences_counter_id_fkey FOREIGN KEY (organisation_id, location_id, counter_id) REFERENCES counters(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX presences_organisation_id_location_id_counter_id_key ON public.presences USING btree (organisation_id, location_id, counter_id) WHERE (archived_at IS NULL);
create policy island on presences as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on presences as permissive for all to schalter using (true);
alter table presences enable row level security;

create table proofs (
  organisation_id uuid not null,
  id uuid default gen_random_uuid() not null,
  session_id uuid not null,
  action character varying(64) not null,
  target_hash text not null,
  created_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint proofs_pkey PRIMARY KEY (organisation_id, id)
);
CREATE INDEX proofs_organisation_id_session_id_idx ON public.proofs USING btree (organisation_id, session_id);
create policy island on proofs as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on proofs as permissive for all to schalter using (true);
alter table proofs enable row level security;

create table push_subscriptions (
  organisation_id uuid not null,
  id uuid not null,
  owner text not null,
  owner_id uuid not null,
  session_id uuid,
  endpoint character varying(600),
  keys character varying(500),
  approaching_stage_id uuid,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  constraint push_subscriptions_pkey PRIMARY KEY (organisation_id, id),
  constraint push_subscriptions_owner_check CHECK ((owner = ANY (ARRAY['person'::text, 'visit'::text])))
);
CREATE UNIQUE INDEX push_subscriptions_organisation_id_owner_owner_id_endpoint_key ON public.push_subscriptions USING btree (organisation_id, owner, owner_id, endpoint);
create policy island on push_subscriptions as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on push_subscriptions as permissive for all to schalter using (true);
alter table push_subscriptions enable row level security;

create table rate_limits (
  name character varying(40) not null,
  key_hash text not null,
  window_start timestamp(3) with time zone not null,
  hits integer not null,
  hits_before integer not null,
  constraint rate_limits_pkey PRIMARY KEY (name, key_hash)
);

create table recovery_codes (
  organisation_id uuid not null,
  id uuid default gen_random_uuid() not null,
  person_id uuid not null,
  code_hash text not null,
  created_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  constraint recovery_codes_pkey PRIMARY KEY (organisation_id, id)
);
CREATE INDEX recovery_codes_organisation_id_person_id_idx ON public.recovery_codes USING btree (organisation_id, person_id);
create policy island on recovery_codes as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on recovery_codes as permissive for all to schalter using (true);
alter table recovery_codes enable row level security;

create table refusals (
  organisation_id uuid not null,
  stream_id uuid not null,
  command_id uuid not null,
  fingerprint text not null,
  answer json not null,
  at timestamp(3) with time zone not null,
  constraint refusals_pkey PRIMARY KEY (organisation_id, stream_id, command_id)
);
create policy island on refusals as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on refusals as permissive for all to schalter using (true);
alter table refusals enable row level security;

create table reservations (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  reference character varying(20) not null,
  last_name character varying(80) not null,
  first_name character varying(80) not null,
  service_id uuid not null,
  business_day date not null,
  booked_at timestamp(3) with time zone not null,
  status text not null,
  subject character varying(120) not null,
  visit_id uuid,
  constraint reservations_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint reservations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'confirmed'::text, 'in_progress'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text]))),
  constraint reservations_service_id_fkey FOREIGN KEY (organisation_id, location_id, service_id) REFERENCES services(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX reservations_organisation_id_location_id_reference_key ON public.reservations USING btree (organisation_id, location_id, reference);
create policy island on reservations as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on reservations as permissive for all to schalter using (true);
alter table reservations enable row level security;

create table role_assignments (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  person_id uuid not null,
  location_ids uuid[] not null,
  everywhere boolean not null,
  assigned_by uuid,
  assigned_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone,
  active boolean not null,
  role character varying(36) not null,
  constraint role_assignments_pkey PRIMARY KEY (organisation_id, id)
);
CREATE INDEX role_assignments_organisation_id_person_id_idx ON public.role_assignments USING btree (organisation_id, person_id);
create policy island on role_assignments as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on role_assignments as permissive for all to schalter using (true);
alter table role_assignments enable row level security;

create table roles (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  name character varying(40) not null,
  parents character varying(36)[] not null,
  grants jsonb not null,
  constraint roles_pkey PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX roles_organisation_id_name_key ON public.roles USING btree (organisation_id, name) WHERE (archived_at IS NULL);
create policy island on roles as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on roles as permissive for all to schalter using (true);
alter table roles enable row level security;

create table services (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  kind text not null,
  letter character varying(1) not null,
  colour integer not null,
  name jsonb not null,
  hint jsonb not null,
  "position" integer not null,
  active boolean not null,
  service_min integer not null,
  max_waiting integer,
  hours jsonb,
  early_min integer not null,
  late_min integer not null,
  credit_min double precision not null,
  self_service boolean not null,
  constraint services_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint services_kind_check CHECK ((kind = ANY (ARRAY['walk_in'::text, 'appointment'::text, 'return'::text, 'inquiry'::text]))),
  constraint services_letter_check CHECK (((letter)::text ~ '^[A-Z]$'::text))
);
CREATE UNIQUE INDEX services_organisation_id_location_id_letter_key ON public.services USING btree (organisation_id, location_id, letter) WHERE (archived_at IS NULL);
create policy island on services as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on services as permissive for all to schalter using (true);
alter table services enable row level security;

create table sessions (
  token_hash text not null,
  organisation_id uuid not null,
  person_id uuid not null,
  device_id uuid,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  id uuid default gen_random_uuid() not null,
  refresh_hash text default ''::text not null,
  previous_hash text,
  rotated_at timestamp(3) with time zone,
  method text default 'password'::text not null,
  user_agent character varying(200) default ''::character varying not null,
  last_seen_at timestamp(3) with time zone default now() not null,
  is_strong boolean default false not null,
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_method_check CHECK ((method = ANY (ARRAY['password'::text, 'pin'::text, 'passkey'::text, 'link'::text, 'setup'::text])))
);
CREATE INDEX sessions_organisation_id_person_id_idx ON public.sessions USING btree (organisation_id, person_id);
create policy island on sessions as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on sessions as permissive for all to schalter using (true);
alter table sessions enable row level security;

create table sign_in_steps (
  token_hash text not null,
  organisation_id uuid not null,
  person_id uuid not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint sign_in_steps_pkey PRIMARY KEY (token_hash)
);
create policy island on sign_in_steps as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on sign_in_steps as permissive for all to schalter using (true);
alter table sign_in_steps enable row level security;

create table stages (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  visit_id uuid not null,
  service_id uuid not null,
  business_day date not null,
  status text not null,
  effective_at timestamp(3) with time zone not null,
  not_before timestamp(3) with time zone,
  for_counter_id uuid,
  for_person_id uuid,
  counter_id uuid,
  person_id uuid,
  call_no integer not null,
  called_at timestamp(3) with time zone,
  started_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  held_at timestamp(3) with time zone,
  hold_reason character varying(60),
  hold_owner text,
  resume_at timestamp(3) with time zone,
  held_s integer not null,
  end_reason character varying(60),
  arrived_at timestamp(3) with time zone not null,
  booked_at timestamp(3) with time zone,
  credit_min double precision not null,
  quoted_low_min double precision,
  quoted_high_min double precision,
  expected_min double precision not null,
  from_stage_id uuid,
  version integer not null,
  undo jsonb,
  also_called jsonb,
  constraint stages_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint stages_hold_owner_check CHECK ((hold_owner = ANY (ARRAY['clerk'::text, 'counter'::text, 'any'::text]))),
  constraint stages_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'called'::text, 'serving'::text, 'held'::text, 'transferred'::text, 'done'::text, 'no_show'::text, 'left'::text, 'cancelled'::text, 'closed'::text, 'voided'::text]))),
  constraint stages_service_id_fkey FOREIGN KEY (organisation_id, location_id, service_id) REFERENCES services(organisation_id, location_id, id) ON DELETE RESTRICT,
  constraint stages_visit_id_fkey FOREIGN KEY (organisation_id, location_id, visit_id) REFERENCES visits(organisation_id, location_id, id) ON DELETE RESTRICT
);
CREATE UNIQUE INDEX stages_organisation_id_location_id_counter_id_busy_key ON public.stages USING btree (organisation_id, location_id, counter_id) WHERE (status = ANY (ARRAY['called'::text, 'serving'::text]));
CREATE INDEX stages_organisation_id_location_id_visit_id_idx ON public.stages USING btree (organisation_id, location_id, visit_id);
CREATE UNIQUE INDEX stages_organisation_id_location_id_visit_id_open_key ON public.stages USING btree (organisation_id, location_id, visit_id) WHERE (status = ANY (ARRAY['waiting'::text, 'called'::text, 'serving'::text, 'held'::text]));
create policy island on stages as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on stages as permissive for all to schalter using (true);
alter table stages enable row level security;

create table streams (
  id uuid not null,
  organisation_id uuid not null,
  location_id uuid,
  kind text not null,
  seq bigint default 0 not null,
  created_at timestamp(3) with time zone default now() not null,
  constraint streams_pkey PRIMARY KEY (id),
  constraint streams_kind_check CHECK ((kind = ANY (ARRAY['location'::text, 'organisation'::text])))
);
CREATE UNIQUE INDEX streams_organisation_id_id_key ON public.streams USING btree (organisation_id, id);
create policy island on streams as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on streams as permissive for all to schalter using (true);
alter table streams enable row level security;

create table visit_contacts (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  visit_id uuid not null,
  phone_e164 character varying(16) not null,
  consent_at timestamp(3) with time zone not null,
  consent_language text not null,
  consent_wording character varying(40) not null,
  consent_source text not null,
  device_id uuid,
  constraint visit_contacts_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint visit_contacts_consent_language_check CHECK ((consent_language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text]))),
  constraint visit_contacts_consent_source_check CHECK ((consent_source = ANY (ARRAY['kiosk'::text, 'phone'::text, 'staff'::text, 'api'::text]))),
  constraint visit_contacts_visit_id_fkey FOREIGN KEY (organisation_id, location_id, visit_id) REFERENCES visits(organisation_id, location_id, id) ON DELETE RESTRICT
);
create policy island on visit_contacts as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on visit_contacts as permissive for all to schalter using (true);
alter table visit_contacts enable row level security;

create table visits (
  organisation_id uuid not null,
  id uuid not null,
  archived_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  updated_at timestamp(3) with time zone default now() not null,
  updated_by uuid,
  seq bigint not null,
  location_id uuid not null,
  business_day date not null,
  series character varying(1) not null,
  number integer not null,
  language text not null,
  source text not null,
  presence text not null,
  link_token character varying(64) not null,
  name character varying(80),
  note character varying(500),
  reservation_id uuid,
  reservation_reference character varying(20),
  sms_opt_in boolean not null,
  delays integer not null,
  arrived_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  rating integer,
  coming_at timestamp(3) with time zone,
  push_opt_in boolean default false not null,
  constraint visits_pkey PRIMARY KEY (organisation_id, location_id, id),
  constraint visits_language_check CHECK ((language = ANY (ARRAY['de'::text, 'fr'::text, 'it'::text, 'en'::text]))),
  constraint visits_presence_check CHECK ((presence = ANY (ARRAY['on_site'::text, 'remote'::text]))),
  constraint visits_rating_check CHECK (((rating >= 1) AND (rating <= 5))),
  constraint visits_source_check CHECK ((source = ANY (ARRAY['kiosk'::text, 'phone'::text, 'staff'::text, 'api'::text])))
);
CREATE UNIQUE INDEX visits_link_token_key ON public.visits USING btree (link_token);
CREATE INDEX visits_organisation_id_location_id_arrived_at_idx ON public.visits USING btree (organisation_id, location_id, arrived_at);
CREATE UNIQUE INDEX visits_organisation_id_location_id_day_series_number_key ON public.visits USING btree (organisation_id, location_id, business_day, series, number);
create policy island on visits as permissive for all to schalter_app using ((organisation_id = ANY (( SELECT (NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));
create policy owner on visits as permissive for all to schalter using (true);
alter table visits enable row level security;
