ALTER TABLE "services" ALTER COLUMN "credit_min" SET DATA TYPE double precision;--> statement-breakpoint
ALTER TABLE "stages" ALTER COLUMN "credit_min" SET DATA TYPE double precision;