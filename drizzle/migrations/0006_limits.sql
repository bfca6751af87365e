CREATE TABLE "rate_limits" (
	"name" varchar(40) NOT NULL,
	"key_hash" text NOT NULL,
	"window_start" timestamp(3) with time zone NOT NULL,
	"hits" integer NOT NULL,
	"hits_before" integer NOT NULL,
	CONSTRAINT "rate_limits_pkey" PRIMARY KEY("name","key_hash")
);
