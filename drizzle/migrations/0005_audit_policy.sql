CREATE TABLE "journal_checks" (
	"organisation_id" uuid NOT NULL,
	"checked_at" timestamp(3) with time zone NOT NULL,
	"damages" integer,
	CONSTRAINT "journal_checks_pkey" PRIMARY KEY("organisation_id")
);
--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "record_reads" boolean DEFAULT false NOT NULL;