CREATE TABLE "command_answers" (
	"organisationId" uuid NOT NULL,
	"streamId" uuid NOT NULL,
	"commandId" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "command_answers_pkey" PRIMARY KEY("organisationId","streamId","commandId")
);

CREATE TABLE "journal" (
	"organisationId" uuid NOT NULL,
	"streamId" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"commandId" uuid NOT NULL,
	"type" text NOT NULL,
	"input" jsonb NOT NULL,
	"facts" jsonb NOT NULL,
	"changes" jsonb NOT NULL,
	"actor" jsonb NOT NULL,
	"deviceId" uuid,
	"occurredAt" timestamp(3) with time zone NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "journal_pkey" PRIMARY KEY("organisationId","streamId","seq")
);

CREATE TABLE "streams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisationId" uuid NOT NULL,
	"locationId" uuid,
	"kind" text NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "streams_kind_check" CHECK ("streams"."kind" in ('location', 'organisation'))
);

CREATE TABLE "credentials" (
	"organisationId" uuid NOT NULL,
	"personId" uuid NOT NULL,
	"passwordHash" text,
	"pinHash" text,
	"pinFailures" integer DEFAULT 0 NOT NULL,
	"pinLockedUntil" timestamp(3) with time zone,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_pkey" PRIMARY KEY("organisationId","personId")
);

CREATE TABLE "device_tokens" (
	"tokenHash" text PRIMARY KEY NOT NULL,
	"organisationId" uuid NOT NULL,
	"locationId" uuid NOT NULL,
	"deviceId" uuid NOT NULL,
	"createdAt" timestamp(3) with time zone NOT NULL,
	"revokedAt" timestamp(3) with time zone
);

CREATE TABLE "devices" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" varchar(60) NOT NULL,
	"settings" jsonb NOT NULL,
	"health" jsonb,
	"pairedAt" timestamp(3) with time zone NOT NULL,
	"revokedAt" timestamp(3) with time zone,
	CONSTRAINT "devices_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "devices_kind_check" CHECK ("devices"."kind" in ('kiosk', 'display', 'station'))
);

CREATE TABLE "installation_secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "locations" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"code" varchar(24) NOT NULL,
	"name" varchar(60) NOT NULL,
	"kind" text NOT NULL,
	"address" varchar(200) NOT NULL,
	"phone" varchar(30) NOT NULL,
	"timeZone" varchar(60) NOT NULL,
	"hours" jsonb NOT NULL,
	"dayStart" varchar(5) NOT NULL,
	"endOfDay" text NOT NULL,
	"languages" text[] NOT NULL,
	"waitingArea" jsonb NOT NULL,
	"houseMessage" jsonb NOT NULL,
	"joinByPhone" boolean NOT NULL,
	"smsCountries" text[] NOT NULL,
	"approachingPlace" integer NOT NULL,
	"approachingMin" integer NOT NULL,
	"noShowAfterCalls" integer NOT NULL,
	"noShowAfterS" integer NOT NULL,
	"isPickup" boolean NOT NULL,
	"isReturn" boolean NOT NULL,
	"capacity" integer,
	"latitude" double precision,
	"longitude" double precision,
	CONSTRAINT "locations_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "locations_kind_check" CHECK ("locations"."kind" in ('airport', 'downtown', 'hotel', 'mall', 'residential')),
	CONSTRAINT "locations_end_of_day_check" CHECK ("locations"."endOfDay" in ('close', 'keep'))
);

CREATE TABLE "organisations" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"name" varchar(80) NOT NULL,
	"language" text NOT NULL,
	"currency" varchar(3) NOT NULL,
	CONSTRAINT "organisations_pkey" PRIMARY KEY("organisationId","id"),
	CONSTRAINT "organisations_language_check" CHECK ("organisations"."language" in ('de', 'fr', 'it', 'en'))
);

CREATE TABLE "pairings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"codeHash" text NOT NULL,
	"secretHash" text NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"userAgent" text NOT NULL,
	"requestedAt" timestamp(3) with time zone NOT NULL,
	"expiresAt" timestamp(3) with time zone NOT NULL,
	"claimedBy" uuid,
	"organisationId" uuid,
	"locationId" uuid,
	"deviceId" uuid,
	"collectedAt" timestamp(3) with time zone,
	CONSTRAINT "pairings_kind_check" CHECK ("pairings"."kind" in ('kiosk', 'display', 'station'))
);

CREATE TABLE "people" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"name" varchar(60) NOT NULL,
	"email" varchar(254) NOT NULL,
	"role" text NOT NULL,
	"locationIds" uuid[] NOT NULL,
	"language" text NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "people_pkey" PRIMARY KEY("organisationId","id"),
	CONSTRAINT "people_role_check" CHECK ("people"."role" in ('admin', 'manager', 'clerk')),
	CONSTRAINT "people_language_check" CHECK ("people"."language" in ('de', 'fr', 'it', 'en'))
);

CREATE TABLE "sessions" (
	"tokenHash" text PRIMARY KEY NOT NULL,
	"organisationId" uuid NOT NULL,
	"personId" uuid NOT NULL,
	"deviceId" uuid,
	"createdAt" timestamp(3) with time zone NOT NULL,
	"expiresAt" timestamp(3) with time zone NOT NULL,
	"revokedAt" timestamp(3) with time zone
);

CREATE TABLE "counters" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"name" varchar(12) NOT NULL,
	"position" integer NOT NULL,
	"serviceIds" uuid[] NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "counters_pkey" PRIMARY KEY("organisationId","locationId","id")
);

CREATE TABLE "presences" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"counterId" uuid NOT NULL,
	"personId" uuid NOT NULL,
	"personName" varchar(60) NOT NULL,
	"state" text NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "presences_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "presences_state_check" CHECK ("presences"."state" in ('available', 'break'))
);

CREATE TABLE "services" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"kind" text NOT NULL,
	"letter" varchar(1) NOT NULL,
	"colour" integer NOT NULL,
	"name" jsonb NOT NULL,
	"hint" jsonb NOT NULL,
	"position" integer NOT NULL,
	"active" boolean NOT NULL,
	"serviceMin" integer NOT NULL,
	"maxWaiting" integer,
	"hours" jsonb,
	"earlyMin" integer NOT NULL,
	"lateMin" integer NOT NULL,
	"creditMin" integer NOT NULL,
	"selfService" boolean NOT NULL,
	CONSTRAINT "services_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "services_kind_check" CHECK ("services"."kind" in ('walk_in', 'appointment', 'return', 'inquiry')),
	CONSTRAINT "services_letter_check" CHECK ("services"."letter" ~ '^[A-Z]$')
);

CREATE TABLE "call_receipts" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"callId" uuid NOT NULL,
	"deviceId" uuid NOT NULL,
	"order" integer NOT NULL,
	"shownAt" timestamp(3) with time zone NOT NULL,
	"sound" text NOT NULL,
	CONSTRAINT "call_receipts_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "call_receipts_sound_check" CHECK ("call_receipts"."sound" in ('spoken', 'chime', 'silent'))
);

CREATE TABLE "calls" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"order" integer NOT NULL,
	"visitId" uuid NOT NULL,
	"stageId" uuid NOT NULL,
	"callNo" integer NOT NULL,
	"series" varchar(1) NOT NULL,
	"number" integer NOT NULL,
	"serviceId" uuid NOT NULL,
	"counterId" uuid NOT NULL,
	"counterName" varchar(12) NOT NULL,
	"language" text NOT NULL,
	"calledAt" timestamp(3) with time zone NOT NULL,
	"withdrawnAt" timestamp(3) with time zone,
	CONSTRAINT "calls_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "calls_language_check" CHECK ("calls"."language" in ('de', 'fr', 'it', 'en'))
);

CREATE TABLE "help_requests" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"deviceId" uuid NOT NULL,
	"requestedAt" timestamp(3) with time zone NOT NULL,
	"resolvedAt" timestamp(3) with time zone,
	"resolvedBy" uuid,
	CONSTRAINT "help_requests_pkey" PRIMARY KEY("organisationId","locationId","id")
);

CREATE TABLE "number_series" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"series" varchar(1) NOT NULL,
	"lastNumber" integer NOT NULL,
	CONSTRAINT "number_series_pkey" PRIMARY KEY("organisationId","locationId","id")
);

CREATE TABLE "stages" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"visitId" uuid NOT NULL,
	"serviceId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"status" text NOT NULL,
	"effectiveAt" timestamp(3) with time zone NOT NULL,
	"notBefore" timestamp(3) with time zone,
	"forCounterId" uuid,
	"forPersonId" uuid,
	"counterId" uuid,
	"personId" uuid,
	"callNo" integer NOT NULL,
	"calledAt" timestamp(3) with time zone,
	"startedAt" timestamp(3) with time zone,
	"endedAt" timestamp(3) with time zone,
	"heldAt" timestamp(3) with time zone,
	"holdReason" varchar(60),
	"holdOwner" text,
	"resumeAt" timestamp(3) with time zone,
	"heldS" integer NOT NULL,
	"endReason" varchar(60),
	"arrivedAt" timestamp(3) with time zone NOT NULL,
	"bookedAt" timestamp(3) with time zone,
	"creditMin" integer NOT NULL,
	"quotedLowMin" double precision,
	"quotedHighMin" double precision,
	"expectedMin" double precision NOT NULL,
	"fromStageId" uuid,
	"version" integer NOT NULL,
	"undo" jsonb,
	CONSTRAINT "stages_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "stages_status_check" CHECK ("stages"."status" in ('waiting', 'called', 'serving', 'held', 'transferred', 'done', 'no_show', 'left', 'cancelled', 'closed', 'voided')),
	CONSTRAINT "stages_hold_owner_check" CHECK ("stages"."holdOwner" in ('clerk', 'counter', 'any'))
);

CREATE TABLE "visit_contacts" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"visitId" uuid NOT NULL,
	"phone_e164" varchar(16) NOT NULL,
	"consentAt" timestamp(3) with time zone NOT NULL,
	"consentLanguage" text NOT NULL,
	"consentWording" varchar(40) NOT NULL,
	"consentSource" text NOT NULL,
	CONSTRAINT "visit_contacts_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "visit_contacts_consent_language_check" CHECK ("visit_contacts"."consentLanguage" in ('de', 'fr', 'it', 'en')),
	CONSTRAINT "visit_contacts_consent_source_check" CHECK ("visit_contacts"."consentSource" in ('kiosk', 'phone', 'staff', 'api'))
);

CREATE TABLE "visits" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"series" varchar(1) NOT NULL,
	"number" integer NOT NULL,
	"language" text NOT NULL,
	"source" text NOT NULL,
	"presence" text NOT NULL,
	"linkToken" varchar(64) NOT NULL,
	"name" varchar(80),
	"note" varchar(500),
	"reservationId" uuid,
	"reservationReference" varchar(20),
	"smsOptIn" boolean NOT NULL,
	"delays" integer NOT NULL,
	"arrivedAt" timestamp(3) with time zone NOT NULL,
	"endedAt" timestamp(3) with time zone,
	"rating" integer,
	"comingAt" timestamp(3) with time zone,
	CONSTRAINT "visits_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "visits_language_check" CHECK ("visits"."language" in ('de', 'fr', 'it', 'en')),
	CONSTRAINT "visits_source_check" CHECK ("visits"."source" in ('kiosk', 'phone', 'staff', 'api')),
	CONSTRAINT "visits_presence_check" CHECK ("visits"."presence" in ('on_site', 'remote')),
	CONSTRAINT "visits_rating_check" CHECK ("visits"."rating" between 1 and 5)
);

CREATE TABLE "messages" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"visitId" uuid NOT NULL,
	"stageId" uuid NOT NULL,
	"template" text NOT NULL,
	"dedupeKey" varchar(120) NOT NULL,
	"channel" text NOT NULL,
	"to_e164" varchar(16) NOT NULL,
	"language" text NOT NULL,
	"body" varchar(500) NOT NULL,
	"segments" integer NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"claimedUntil" timestamp(3) with time zone,
	"queuedAt" timestamp(3) with time zone NOT NULL,
	"sentAt" timestamp(3) with time zone,
	"deliveredAt" timestamp(3) with time zone,
	"expiresAt" timestamp(3) with time zone NOT NULL,
	"providerId" varchar(64),
	"errorCode" varchar(64),
	CONSTRAINT "messages_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "messages_template_check" CHECK ("messages"."template" in ('approaching', 'called')),
	CONSTRAINT "messages_status_check" CHECK ("messages"."status" in ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'expired', 'unknown', 'not_sent')),
	CONSTRAINT "messages_channel_check" CHECK ("messages"."channel" in ('sms')),
	CONSTRAINT "messages_language_check" CHECK ("messages"."language" in ('de', 'fr', 'it', 'en'))
);

CREATE TABLE "reservations" (
	"organisationId" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archivedAt" timestamp(3) with time zone,
	"createdAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"createdBy" uuid,
	"updatedAt" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updatedBy" uuid,
	"seq" bigint NOT NULL,
	"locationId" uuid NOT NULL,
	"reference" varchar(20) NOT NULL,
	"lastName" varchar(80) NOT NULL,
	"firstName" varchar(80) NOT NULL,
	"serviceId" uuid NOT NULL,
	"businessDay" date NOT NULL,
	"bookedAt" timestamp(3) with time zone NOT NULL,
	"status" text NOT NULL,
	"subject" varchar(120) NOT NULL,
	"visitId" uuid,
	CONSTRAINT "reservations_pkey" PRIMARY KEY("organisationId","locationId","id"),
	CONSTRAINT "reservations_status_check" CHECK ("reservations"."status" in ('pending', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show'))
);

ALTER TABLE "command_answers" ADD CONSTRAINT "command_answers_streamId_streams_id_fk" FOREIGN KEY ("streamId") REFERENCES "public"."streams"("id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "journal" ADD CONSTRAINT "journal_streamId_streams_id_fk" FOREIGN KEY ("streamId") REFERENCES "public"."streams"("id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "presences" ADD CONSTRAINT "presences_counter_id_fkey" FOREIGN KEY ("organisationId","locationId","counterId") REFERENCES "public"."counters"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "call_receipts" ADD CONSTRAINT "call_receipts_call_id_fkey" FOREIGN KEY ("organisationId","locationId","callId") REFERENCES "public"."calls"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "call_receipts" ADD CONSTRAINT "call_receipts_device_id_fkey" FOREIGN KEY ("organisationId","locationId","deviceId") REFERENCES "public"."devices"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "calls" ADD CONSTRAINT "calls_stage_id_fkey" FOREIGN KEY ("organisationId","locationId","stageId") REFERENCES "public"."stages"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "calls" ADD CONSTRAINT "calls_counter_id_fkey" FOREIGN KEY ("organisationId","locationId","counterId") REFERENCES "public"."counters"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "help_requests" ADD CONSTRAINT "help_requests_device_id_fkey" FOREIGN KEY ("organisationId","locationId","deviceId") REFERENCES "public"."devices"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "stages" ADD CONSTRAINT "stages_visit_id_fkey" FOREIGN KEY ("organisationId","locationId","visitId") REFERENCES "public"."visits"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "stages" ADD CONSTRAINT "stages_service_id_fkey" FOREIGN KEY ("organisationId","locationId","serviceId") REFERENCES "public"."services"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "visit_contacts" ADD CONSTRAINT "visit_contacts_visit_id_fkey" FOREIGN KEY ("organisationId","locationId","visitId") REFERENCES "public"."visits"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "messages" ADD CONSTRAINT "messages_stage_id_fkey" FOREIGN KEY ("organisationId","locationId","stageId") REFERENCES "public"."stages"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_service_id_fkey" FOREIGN KEY ("organisationId","locationId","serviceId") REFERENCES "public"."services"("organisationId","locationId","id") ON DELETE restrict ON UPDATE no action;
CREATE UNIQUE INDEX "streams_organisation_id_id_key" ON "streams" USING btree ("organisationId","id");
CREATE INDEX "device_tokens_organisation_id_location_id_device_id_idx" ON "device_tokens" USING btree ("organisationId","locationId","deviceId");
CREATE UNIQUE INDEX "locations_organisation_id_code_key" ON "locations" USING btree ("organisationId","code") WHERE archived_at is null;
CREATE UNIQUE INDEX "pairings_code_hash_key" ON "pairings" USING btree ("codeHash");
CREATE UNIQUE INDEX "people_organisation_id_email_key" ON "people" USING btree ("organisationId","email") WHERE archived_at is null;
CREATE INDEX "sessions_organisation_id_person_id_idx" ON "sessions" USING btree ("organisationId","personId");
CREATE UNIQUE INDEX "counters_organisation_id_location_id_name_key" ON "counters" USING btree ("organisationId","locationId","name") WHERE archived_at is null;
CREATE UNIQUE INDEX "presences_organisation_id_location_id_counter_id_key" ON "presences" USING btree ("organisationId","locationId","counterId") WHERE archived_at is null;
CREATE UNIQUE INDEX "services_organisation_id_location_id_letter_key" ON "services" USING btree ("organisationId","locationId","letter") WHERE archived_at is null;
CREATE UNIQUE INDEX "call_receipts_organisation_id_location_id_call_device_key" ON "call_receipts" USING btree ("organisationId","locationId","callId","deviceId");
CREATE UNIQUE INDEX "calls_organisation_id_location_id_business_day_order_key" ON "calls" USING btree ("organisationId","locationId","businessDay","order");
CREATE UNIQUE INDEX "number_series_organisation_id_location_id_day_series_key" ON "number_series" USING btree ("organisationId","locationId","businessDay","series");
CREATE UNIQUE INDEX "stages_organisation_id_location_id_counter_id_busy_key" ON "stages" USING btree ("organisationId","locationId","counterId") WHERE status in ('called', 'serving');
CREATE UNIQUE INDEX "stages_organisation_id_location_id_visit_id_open_key" ON "stages" USING btree ("organisationId","locationId","visitId") WHERE status in ('waiting', 'called', 'serving', 'held');
CREATE INDEX "stages_organisation_id_location_id_visit_id_idx" ON "stages" USING btree ("organisationId","locationId","visitId");
CREATE UNIQUE INDEX "visits_organisation_id_location_id_day_series_number_key" ON "visits" USING btree ("organisationId","locationId","businessDay","series","number");
CREATE UNIQUE INDEX "visits_link_token_key" ON "visits" USING btree ("linkToken");
CREATE INDEX "visits_organisation_id_location_id_arrived_at_idx" ON "visits" USING btree ("organisationId","locationId","arrivedAt");
CREATE UNIQUE INDEX "messages_organisation_id_location_id_dedupe_key_key" ON "messages" USING btree ("organisationId","locationId","dedupeKey");
CREATE UNIQUE INDEX "reservations_organisation_id_location_id_reference_key" ON "reservations" USING btree ("organisationId","locationId","reference");
