ALTER TABLE "organisations" ADD COLUMN "second_factor_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "is_strong" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- It answers one more column; the server makes it anew after the migrations (drizzle/islands.ts).
DROP FUNCTION IF EXISTS session_by_access(text);