CREATE TABLE "journal_redactions" (
	"organisation_id" uuid NOT NULL,
	"stream_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"command_id" uuid NOT NULL,
	"digest" "bytea",
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "journal_redactions_pkey" PRIMARY KEY("organisation_id","stream_id","seq","command_id")
);
--> statement-breakpoint
CREATE TABLE "journal_seals" (
	"organisation_id" uuid NOT NULL,
	"stream_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"salt" "bytea",
	"digest" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "journal_seals_pkey" PRIMARY KEY("organisation_id","stream_id","seq")
);
--> statement-breakpoint
-- What an entry says, as the text that it is kept as. U+001F stands between the parts: no JSON has it in it.
CREATE FUNCTION "journal_digest"("salt" bytea, "entry" "journal") RETURNS bytea
LANGUAGE sql STABLE AS $$
  select sha256(salt || convert_to(concat_ws(chr(31), entry.fingerprint, entry.input, coalesce(entry.result::text, ''),
    entry.facts, entry.changes, entry.actor), 'UTF8'))
$$;
--> statement-breakpoint
-- Who did what when, in ids alone: it stays, whoever is erased.
CREATE FUNCTION "journal_frame"("entry" "journal") RETURNS text
LANGUAGE sql STABLE AS $$
  select json_build_array(entry.organisation_id, entry.stream_id, entry.seq, entry.command_id, entry.type,
    entry.actor->>'kind', entry.actor->>'personId', entry.actor->>'deviceId', entry.actor->>'visitId', entry.device_id,
    (extract(epoch from entry.occurred_at) * 1000)::bigint, (extract(epoch from entry.at) * 1000)::bigint)::text
$$;
--> statement-breakpoint
-- Seals what a stream has gained since the last link, `most` entries at a time, and says how many they were. The stream's
-- entries become visible in their order, so the next is always the one after the last.
CREATE FUNCTION "seal_journal"("of_organisation" uuid, "of_stream" uuid, "most" integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
declare
  entry journal;
  last bigint;
  before bytea;
  salt bytea;
  digest bytea;
  sealed integer := 0;
begin
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
CREATE FUNCTION "redact_journal_entry"(
  "of_organisation" uuid, "of_stream" uuid, "of_seq" bigint, "by_command" uuid,
  "new_input" json, "new_result" json, "new_facts" json, "new_changes" json, "new_actor" json
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
declare
  entry journal;
begin
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
--> statement-breakpoint
CREATE FUNCTION "refuse_change_of_journal"() RETURNS trigger
LANGUAGE plpgsql AS $$
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
end $$;
--> statement-breakpoint
CREATE TRIGGER "journal_append_only" BEFORE UPDATE OR DELETE ON "journal"
FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_journal"();
--> statement-breakpoint
CREATE TRIGGER "journal_append_only_truncate" BEFORE TRUNCATE ON "journal"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_journal"();
--> statement-breakpoint
CREATE TRIGGER "journal_seals_append_only" BEFORE UPDATE OR DELETE ON "journal_seals"
FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_journal"();
--> statement-breakpoint
CREATE TRIGGER "journal_seals_append_only_truncate" BEFORE TRUNCATE ON "journal_seals"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_journal"();
--> statement-breakpoint
CREATE TRIGGER "journal_redactions_append_only" BEFORE UPDATE OR DELETE ON "journal_redactions"
FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_journal"();
--> statement-breakpoint
CREATE TRIGGER "journal_redactions_append_only_truncate" BEFORE TRUNCATE ON "journal_redactions"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_journal"();
