CREATE TABLE "person_grants" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"person_id" uuid NOT NULL,
	"location_ids" uuid[] NOT NULL,
	"everywhere" boolean NOT NULL,
	"assigned_by" uuid,
	"assigned_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"active" boolean NOT NULL,
	"permission" varchar(40) NOT NULL,
	"scope" text NOT NULL,
	"condition" jsonb,
	"effect" text NOT NULL,
	CONSTRAINT "person_grants_pkey" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "person_grants_scope_check" CHECK ("person_grants"."scope" in ('own', 'location', 'organisation')),
	CONSTRAINT "person_grants_effect_check" CHECK ("person_grants"."effect" in ('allow', 'deny'))
);
--> statement-breakpoint
CREATE TABLE "role_assignments" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"person_id" uuid NOT NULL,
	"location_ids" uuid[] NOT NULL,
	"everywhere" boolean NOT NULL,
	"assigned_by" uuid,
	"assigned_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"active" boolean NOT NULL,
	"role" varchar(36) NOT NULL,
	CONSTRAINT "role_assignments_pkey" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"organisation_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid,
	"seq" bigint NOT NULL,
	"name" varchar(40) NOT NULL,
	"parents" varchar(36)[] NOT NULL,
	"grants" jsonb NOT NULL,
	CONSTRAINT "roles_pkey" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
ALTER TABLE "people" DROP CONSTRAINT "people_role_check";--> statement-breakpoint
ALTER TABLE "people" ALTER COLUMN "role" SET DATA TYPE varchar(36);--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "everywhere" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "role_expires_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "role_assigned_by" uuid;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "role_assigned_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "person_grants_organisation_id_person_id_idx" ON "person_grants" USING btree ("organisation_id","person_id");--> statement-breakpoint
CREATE INDEX "role_assignments_organisation_id_person_id_idx" ON "role_assignments" USING btree ("organisation_id","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "roles_organisation_id_name_key" ON "roles" USING btree ("organisation_id","name") WHERE archived_at is null;