ALTER TABLE "device_tokens" ADD COLUMN "follows_hash" text;--> statement-breakpoint
ALTER TABLE "device_tokens" ADD COLUMN "retired_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "device_tokens" ADD COLUMN "seen_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "locations" ADD COLUMN "sms_per_day" integer DEFAULT 1000 NOT NULL;--> statement-breakpoint
ALTER TABLE "locations" ADD COLUMN "sms_per_month" integer DEFAULT 15000 NOT NULL;--> statement-breakpoint
ALTER TABLE "locations" ADD COLUMN "sms_month" varchar(7);--> statement-breakpoint
ALTER TABLE "locations" ADD COLUMN "sms_month_sent" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "visit_contacts" ADD COLUMN "device_id" uuid;--> statement-breakpoint
-- Seals what a stream has gained since the last link, `most` entries at a time, and says how many they were. The stream's
-- entries become visible in their order, so the next is always the one after the last.
CREATE OR REPLACE FUNCTION "seal_journal"("of_organisation" uuid, "of_stream" uuid, "most" integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
end $$;
--> statement-breakpoint
-- The one way to change an entry: what it said of a person is taken out, by an erasure that is in the journal itself.
-- A part that is null stays as it is. What is not a person's (who, what, when, in ids) can't be changed here either.
CREATE OR REPLACE FUNCTION "redact_journal_entry"(
  "of_organisation" uuid, "of_stream" uuid, "of_seq" bigint, "by_command" uuid,
  "new_input" json, "new_result" json, "new_facts" json, "new_changes" json, "new_actor" json
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
end $$;
