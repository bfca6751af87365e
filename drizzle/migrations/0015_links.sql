CREATE TABLE "mails" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"to_address" varchar(254) NOT NULL,
	"subject" varchar(200) NOT NULL,
	"body" varchar(4000),
	"status" text DEFAULT 'queued' NOT NULL,
	"error_code" varchar(40),
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "mails_pkey" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "mails_purpose_check" CHECK ("mails"."purpose" in ('reset', 'invitation', 'password_changed')),
	CONSTRAINT "mails_status_check" CHECK ("mails"."status" in ('queued', 'sent', 'failed', 'not_sent'))
);
--> statement-breakpoint
CREATE TABLE "one_time_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"address_hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone,
	CONSTRAINT "one_time_links_purpose_check" CHECK ("one_time_links"."purpose" in ('reset', 'invitation'))
);
--> statement-breakpoint
CREATE INDEX "one_time_links_organisation_id_person_id_idx" ON "one_time_links" USING btree ("organisation_id","person_id");