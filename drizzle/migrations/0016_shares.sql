ALTER TABLE "presences" ADD COLUMN "away" jsonb;--> statement-breakpoint
ALTER TABLE "stages" ADD COLUMN "also_called" jsonb;