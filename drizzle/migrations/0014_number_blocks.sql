CREATE TABLE "number_blocks" (
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
	"device_id" uuid NOT NULL,
	"first" integer NOT NULL,
	"last" integer NOT NULL,
	"given" integer NOT NULL,
	"leased_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "number_blocks_pkey" PRIMARY KEY("organisation_id","location_id","id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "number_blocks_organisation_id_location_id_day_first_key" ON "number_blocks" USING btree ("organisation_id","location_id","business_day","first");