CREATE TABLE "push_subscriptions" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"owner" text NOT NULL,
	"owner_id" uuid NOT NULL,
	"session_id" uuid,
	"endpoint" varchar(600),
	"keys" varchar(500),
	"approaching_stage_id" uuid,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "push_subscriptions_pkey" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "push_subscriptions_owner_check" CHECK ("push_subscriptions"."owner" in ('person', 'visit'))
);
--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "push_opt_in" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscriptions_organisation_id_owner_owner_id_endpoint_key" ON "push_subscriptions" USING btree ("organisation_id","owner","owner_id","endpoint");