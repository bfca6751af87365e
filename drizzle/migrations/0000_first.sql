CREATE TABLE "journal" (
	"organisation_id" uuid NOT NULL,
	"stream_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"command_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"type" text NOT NULL,
	"input" json NOT NULL,
	"result" json,
	"facts" json NOT NULL,
	"changes" json NOT NULL,
	"actor" json NOT NULL,
	"device_id" uuid,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "journal_pkey" PRIMARY KEY("organisation_id","stream_id","seq")
);
--> statement-breakpoint
CREATE TABLE "refusals" (
	"organisation_id" uuid NOT NULL,
	"stream_id" uuid NOT NULL,
	"command_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" json NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "refusals_pkey" PRIMARY KEY("organisation_id","stream_id","command_id")
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"location_id" uuid,
	"kind" text NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "streams_kind_check" CHECK ("streams"."kind" in ('location', 'organisation'))
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"password_hash" text,
	"pin_hash" text,
	"pin_failures" integer DEFAULT 0 NOT NULL,
	"pin_locked_until" timestamp(3) with time zone,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_pkey" PRIMARY KEY("organisation_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "device_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" varchar(60) NOT NULL,
	"settings" jsonb NOT NULL,
	"health" jsonb,
	"paired_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "devices_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "devices_kind_check" CHECK ("devices"."kind" in ('kiosk', 'display', 'station'))
);
--> statement-breakpoint
CREATE TABLE "installation_secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "locations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"code" varchar(24) NOT NULL,
	"name" varchar(60) NOT NULL,
	"kind" text NOT NULL,
	"address" varchar(200) NOT NULL,
	"phone" varchar(30) NOT NULL,
	"time_zone" varchar(60) NOT NULL,
	"hours" jsonb NOT NULL,
	"day_start" varchar(5) NOT NULL,
	"end_of_day" text NOT NULL,
	"languages" text[] NOT NULL,
	"waiting_area" jsonb NOT NULL,
	"house_message" jsonb NOT NULL,
	"join_by_phone" boolean NOT NULL,
	"sms_countries" text[] NOT NULL,
	"approaching_place" integer NOT NULL,
	"approaching_min" integer NOT NULL,
	"no_show_after_calls" integer NOT NULL,
	"no_show_after_s" integer NOT NULL,
	"is_pickup" boolean NOT NULL,
	"is_return" boolean NOT NULL,
	"capacity" integer,
	"latitude" double precision,
	"longitude" double precision,
	CONSTRAINT "locations_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "locations_kind_check" CHECK ("locations"."kind" in ('airport', 'downtown', 'hotel', 'mall', 'residential')),
	CONSTRAINT "locations_end_of_day_check" CHECK ("locations"."end_of_day" in ('close', 'keep'))
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"name" varchar(80) NOT NULL,
	"language" text NOT NULL,
	"currency" varchar(3) NOT NULL,
	CONSTRAINT "organisations_pkey" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "organisations_language_check" CHECK ("organisations"."language" in ('de', 'fr', 'it', 'en'))
);
--> statement-breakpoint
CREATE TABLE "pairings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code_hash" text NOT NULL,
	"secret_hash" text NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"claimed_by" uuid,
	"organisation_id" uuid,
	"location_id" uuid,
	"device_id" uuid,
	"collected_at" timestamp(3) with time zone,
	CONSTRAINT "pairings_kind_check" CHECK ("pairings"."kind" in ('kiosk', 'display', 'station'))
);
--> statement-breakpoint
CREATE TABLE "people" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"name" varchar(60) NOT NULL,
	"email" varchar(254) NOT NULL,
	"role" text NOT NULL,
	"location_ids" uuid[] NOT NULL,
	"language" text NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "people_pkey" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "people_role_check" CHECK ("people"."role" in ('admin', 'manager', 'clerk')),
	CONSTRAINT "people_language_check" CHECK ("people"."language" in ('de', 'fr', 'it', 'en'))
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"device_id" uuid,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"name" varchar(12) NOT NULL,
	"position" integer NOT NULL,
	"service_ids" uuid[] NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "counters_pkey" PRIMARY KEY("organisation_id","location_id","id")
);
--> statement-breakpoint
CREATE TABLE "presences" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"counter_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"person_name" varchar(60) NOT NULL,
	"state" text NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "presences_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "presences_state_check" CHECK ("presences"."state" in ('available', 'break'))
);
--> statement-breakpoint
CREATE TABLE "services" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"letter" varchar(1) NOT NULL,
	"colour" integer NOT NULL,
	"name" jsonb NOT NULL,
	"hint" jsonb NOT NULL,
	"position" integer NOT NULL,
	"active" boolean NOT NULL,
	"service_min" integer NOT NULL,
	"max_waiting" integer,
	"hours" jsonb,
	"early_min" integer NOT NULL,
	"late_min" integer NOT NULL,
	"credit_min" double precision NOT NULL,
	"self_service" boolean NOT NULL,
	CONSTRAINT "services_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "services_kind_check" CHECK ("services"."kind" in ('walk_in', 'appointment', 'return', 'inquiry')),
	CONSTRAINT "services_letter_check" CHECK ("services"."letter" ~ '^[A-Z]$')
);
--> statement-breakpoint
CREATE TABLE "call_receipts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"call_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"order" integer NOT NULL,
	"shown_at" timestamp(3) with time zone NOT NULL,
	"sound" text NOT NULL,
	CONSTRAINT "call_receipts_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "call_receipts_sound_check" CHECK ("call_receipts"."sound" in ('spoken', 'chime', 'silent'))
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"order" integer NOT NULL,
	"visit_id" uuid NOT NULL,
	"stage_id" uuid NOT NULL,
	"call_no" integer NOT NULL,
	"series" varchar(1) NOT NULL,
	"number" integer NOT NULL,
	"service_id" uuid NOT NULL,
	"counter_id" uuid NOT NULL,
	"counter_name" varchar(12) NOT NULL,
	"language" text NOT NULL,
	"called_at" timestamp(3) with time zone NOT NULL,
	"withdrawn_at" timestamp(3) with time zone,
	CONSTRAINT "calls_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "calls_language_check" CHECK ("calls"."language" in ('de', 'fr', 'it', 'en'))
);
--> statement-breakpoint
CREATE TABLE "help_requests" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	"resolved_at" timestamp(3) with time zone,
	"resolved_by" uuid,
	CONSTRAINT "help_requests_pkey" PRIMARY KEY("organisation_id","location_id","id")
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"series" varchar(1) NOT NULL,
	"last_number" integer NOT NULL,
	CONSTRAINT "number_series_pkey" PRIMARY KEY("organisation_id","location_id","id")
);
--> statement-breakpoint
CREATE TABLE "stages" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"visit_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"status" text NOT NULL,
	"effective_at" timestamp(3) with time zone NOT NULL,
	"not_before" timestamp(3) with time zone,
	"for_counter_id" uuid,
	"for_person_id" uuid,
	"counter_id" uuid,
	"person_id" uuid,
	"call_no" integer NOT NULL,
	"called_at" timestamp(3) with time zone,
	"started_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone,
	"held_at" timestamp(3) with time zone,
	"hold_reason" varchar(60),
	"hold_owner" text,
	"resume_at" timestamp(3) with time zone,
	"held_s" integer NOT NULL,
	"end_reason" varchar(60),
	"arrived_at" timestamp(3) with time zone NOT NULL,
	"booked_at" timestamp(3) with time zone,
	"credit_min" double precision NOT NULL,
	"quoted_low_min" double precision,
	"quoted_high_min" double precision,
	"expected_min" double precision NOT NULL,
	"from_stage_id" uuid,
	"version" integer NOT NULL,
	"undo" jsonb,
	CONSTRAINT "stages_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "stages_status_check" CHECK ("stages"."status" in ('waiting', 'called', 'serving', 'held', 'transferred', 'done', 'no_show', 'left', 'cancelled', 'closed', 'voided')),
	CONSTRAINT "stages_hold_owner_check" CHECK ("stages"."hold_owner" in ('clerk', 'counter', 'any'))
);
--> statement-breakpoint
CREATE TABLE "visit_contacts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"visit_id" uuid NOT NULL,
	"phone_e164" varchar(16) NOT NULL,
	"consent_at" timestamp(3) with time zone NOT NULL,
	"consent_language" text NOT NULL,
	"consent_wording" varchar(40) NOT NULL,
	"consent_source" text NOT NULL,
	CONSTRAINT "visit_contacts_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "visit_contacts_consent_language_check" CHECK ("visit_contacts"."consent_language" in ('de', 'fr', 'it', 'en')),
	CONSTRAINT "visit_contacts_consent_source_check" CHECK ("visit_contacts"."consent_source" in ('kiosk', 'phone', 'staff', 'api'))
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"series" varchar(1) NOT NULL,
	"number" integer NOT NULL,
	"language" text NOT NULL,
	"source" text NOT NULL,
	"presence" text NOT NULL,
	"link_token" varchar(64) NOT NULL,
	"name" varchar(80),
	"note" varchar(500),
	"reservation_id" uuid,
	"reservation_reference" varchar(20),
	"sms_opt_in" boolean NOT NULL,
	"delays" integer NOT NULL,
	"arrived_at" timestamp(3) with time zone NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"rating" integer,
	"coming_at" timestamp(3) with time zone,
	CONSTRAINT "visits_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "visits_language_check" CHECK ("visits"."language" in ('de', 'fr', 'it', 'en')),
	CONSTRAINT "visits_source_check" CHECK ("visits"."source" in ('kiosk', 'phone', 'staff', 'api')),
	CONSTRAINT "visits_presence_check" CHECK ("visits"."presence" in ('on_site', 'remote')),
	CONSTRAINT "visits_rating_check" CHECK ("visits"."rating" between 1 and 5)
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"visit_id" uuid NOT NULL,
	"stage_id" uuid NOT NULL,
	"template" text NOT NULL,
	"dedupe_key" varchar(120) NOT NULL,
	"channel" text NOT NULL,
	"to_e164" varchar(16) NOT NULL,
	"language" text NOT NULL,
	"body" varchar(500) NOT NULL,
	"segments" integer NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"claimed_until" timestamp(3) with time zone,
	"queued_at" timestamp(3) with time zone NOT NULL,
	"sent_at" timestamp(3) with time zone,
	"delivered_at" timestamp(3) with time zone,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"provider_id" varchar(64),
	"error_code" varchar(64),
	CONSTRAINT "messages_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "messages_template_check" CHECK ("messages"."template" in ('approaching', 'called')),
	CONSTRAINT "messages_status_check" CHECK ("messages"."status" in ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'expired', 'unknown', 'not_sent')),
	CONSTRAINT "messages_channel_check" CHECK ("messages"."channel" in ('sms')),
	CONSTRAINT "messages_language_check" CHECK ("messages"."language" in ('de', 'fr', 'it', 'en'))
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"location_id" uuid NOT NULL,
	"reference" varchar(20) NOT NULL,
	"last_name" varchar(80) NOT NULL,
	"first_name" varchar(80) NOT NULL,
	"service_id" uuid NOT NULL,
	"business_day" date NOT NULL,
	"booked_at" timestamp(3) with time zone NOT NULL,
	"status" text NOT NULL,
	"subject" varchar(120) NOT NULL,
	"visit_id" uuid,
	CONSTRAINT "reservations_pkey" PRIMARY KEY("organisation_id","location_id","id"),
	CONSTRAINT "reservations_status_check" CHECK ("reservations"."status" in ('pending', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show'))
);
--> statement-breakpoint
ALTER TABLE "journal" ADD CONSTRAINT "journal_stream_id_streams_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."streams"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refusals" ADD CONSTRAINT "refusals_stream_id_streams_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."streams"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_counter_id_fkey" FOREIGN KEY ("organisation_id","location_id","counter_id") REFERENCES "public"."counters"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_receipts" ADD CONSTRAINT "call_receipts_call_id_fkey" FOREIGN KEY ("organisation_id","location_id","call_id") REFERENCES "public"."calls"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_receipts" ADD CONSTRAINT "call_receipts_device_id_fkey" FOREIGN KEY ("organisation_id","location_id","device_id") REFERENCES "public"."devices"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calls" ADD CONSTRAINT "calls_stage_id_fkey" FOREIGN KEY ("organisation_id","location_id","stage_id") REFERENCES "public"."stages"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calls" ADD CONSTRAINT "calls_counter_id_fkey" FOREIGN KEY ("organisation_id","location_id","counter_id") REFERENCES "public"."counters"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "help_requests" ADD CONSTRAINT "help_requests_device_id_fkey" FOREIGN KEY ("organisation_id","location_id","device_id") REFERENCES "public"."devices"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stages" ADD CONSTRAINT "stages_visit_id_fkey" FOREIGN KEY ("organisation_id","location_id","visit_id") REFERENCES "public"."visits"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stages" ADD CONSTRAINT "stages_service_id_fkey" FOREIGN KEY ("organisation_id","location_id","service_id") REFERENCES "public"."services"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visit_contacts" ADD CONSTRAINT "visit_contacts_visit_id_fkey" FOREIGN KEY ("organisation_id","location_id","visit_id") REFERENCES "public"."visits"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_stage_id_fkey" FOREIGN KEY ("organisation_id","location_id","stage_id") REFERENCES "public"."stages"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_service_id_fkey" FOREIGN KEY ("organisation_id","location_id","service_id") REFERENCES "public"."services"("organisation_id","location_id","id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "journal_organisation_id_stream_id_command_id_key" ON "journal" USING btree ("organisation_id","stream_id","command_id");--> statement-breakpoint
CREATE UNIQUE INDEX "streams_organisation_id_id_key" ON "streams" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "device_tokens_organisation_id_location_id_device_id_idx" ON "device_tokens" USING btree ("organisation_id","location_id","device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "locations_organisation_id_code_key" ON "locations" USING btree ("organisation_id","code") WHERE archived_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "pairings_code_hash_key" ON "pairings" USING btree ("code_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "people_organisation_id_email_key" ON "people" USING btree ("organisation_id","email") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "sessions_organisation_id_person_id_idx" ON "sessions" USING btree ("organisation_id","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "counters_organisation_id_location_id_name_key" ON "counters" USING btree ("organisation_id","location_id","name") WHERE archived_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "presences_organisation_id_location_id_counter_id_key" ON "presences" USING btree ("organisation_id","location_id","counter_id") WHERE archived_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "services_organisation_id_location_id_letter_key" ON "services" USING btree ("organisation_id","location_id","letter") WHERE archived_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "call_receipts_organisation_id_location_id_call_device_key" ON "call_receipts" USING btree ("organisation_id","location_id","call_id","device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "calls_organisation_id_location_id_business_day_order_key" ON "calls" USING btree ("organisation_id","location_id","business_day","order");--> statement-breakpoint
CREATE UNIQUE INDEX "number_series_organisation_id_location_id_day_series_key" ON "number_series" USING btree ("organisation_id","location_id","business_day","series");--> statement-breakpoint
CREATE UNIQUE INDEX "stages_organisation_id_location_id_counter_id_busy_key" ON "stages" USING btree ("organisation_id","location_id","counter_id") WHERE status in ('called', 'serving');--> statement-breakpoint
CREATE UNIQUE INDEX "stages_organisation_id_location_id_visit_id_open_key" ON "stages" USING btree ("organisation_id","location_id","visit_id") WHERE status in ('waiting', 'called', 'serving', 'held');--> statement-breakpoint
CREATE INDEX "stages_organisation_id_location_id_visit_id_idx" ON "stages" USING btree ("organisation_id","location_id","visit_id");--> statement-breakpoint
CREATE UNIQUE INDEX "visits_organisation_id_location_id_day_series_number_key" ON "visits" USING btree ("organisation_id","location_id","business_day","series","number");--> statement-breakpoint
CREATE UNIQUE INDEX "visits_link_token_key" ON "visits" USING btree ("link_token");--> statement-breakpoint
CREATE INDEX "visits_organisation_id_location_id_arrived_at_idx" ON "visits" USING btree ("organisation_id","location_id","arrived_at");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_organisation_id_location_id_dedupe_key_key" ON "messages" USING btree ("organisation_id","location_id","dedupe_key");--> statement-breakpoint
CREATE UNIQUE INDEX "reservations_organisation_id_location_id_reference_key" ON "reservations" USING btree ("organisation_id","location_id","reference");