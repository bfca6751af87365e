ALTER TABLE "journal" RENAME CONSTRAINT "journal_stream_id_streams_id_fk" TO "journal_stream_id_fkey";--> statement-breakpoint
ALTER TABLE "refusals" RENAME CONSTRAINT "refusals_stream_id_streams_id_fk" TO "refusals_stream_id_fkey";--> statement-breakpoint
ALTER TABLE "journal" ALTER COLUMN "type" SET DATA TYPE varchar(64);--> statement-breakpoint
ALTER TABLE "installation_secrets" ALTER COLUMN "name" SET DATA TYPE varchar(40);--> statement-breakpoint
ALTER TABLE "installation_secrets" ALTER COLUMN "value" SET DATA TYPE varchar(100);--> statement-breakpoint
ALTER TABLE "locations" ALTER COLUMN "sms_countries" SET DATA TYPE varchar(2)[];--> statement-breakpoint
ALTER TABLE "pairings" ALTER COLUMN "address" SET DATA TYPE varchar(64);--> statement-breakpoint
ALTER TABLE "pairings" ALTER COLUMN "user_agent" SET DATA TYPE varchar(200);--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_health_printer_check" CHECK ("devices"."health"->>'printer' in ('ready', 'paperOut', 'coverOpen', 'offline', 'disconnected', 'unsupported', 'notChosen'));--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_health_sound_check" CHECK ("devices"."health"->>'sound' in ('voice', 'chimeOnly', 'locked', 'off'));--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_settings_media_check" CHECK ("devices"."settings"->>'media' in ('none', 'text'));--> statement-breakpoint
ALTER TABLE "locations" ADD CONSTRAINT "locations_languages_check" CHECK ("locations"."languages" <@ array['de', 'fr', 'it', 'en']);
