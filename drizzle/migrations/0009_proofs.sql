CREATE TABLE "proofs" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"session_id" uuid NOT NULL,
	"action" varchar(64) NOT NULL,
	"target_hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone,
	CONSTRAINT "proofs_pkey" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE INDEX "proofs_organisation_id_session_id_idx" ON "proofs" USING btree ("organisation_id","session_id");