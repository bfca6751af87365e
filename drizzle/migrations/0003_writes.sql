ALTER TABLE "journal" DROP CONSTRAINT "journal_stream_id_fkey";
--> statement-breakpoint
ALTER TABLE "refusals" DROP CONSTRAINT "refusals_stream_id_fkey";
--> statement-breakpoint
-- A row that changes two or three times within minutes finds room for its next version on its own page: then none of
-- its indexes is written again, where the change touches none of their columns.
ALTER TABLE "visits" SET (fillfactor = 70);
--> statement-breakpoint
ALTER TABLE "stages" SET (fillfactor = 70);
--> statement-breakpoint
ALTER TABLE "calls" SET (fillfactor = 80);
--> statement-breakpoint
ALTER TABLE "number_series" SET (fillfactor = 50);
--> statement-breakpoint
ALTER TABLE "streams" SET (fillfactor = 50);
