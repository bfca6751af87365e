import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const Flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('0.0.0.0'),
  DATA_DIR: z.string().default('data'),
  /** The folder with kiosk/build, display/build and staff-pwa/build, where that is not the repository. */
  APPS_DIR: z.string().optional(),
  DATABASE_URL: z.url().optional(),
  /** Who migrates, where the role of DATABASE_URL owns nothing. */
  DATABASE_OWNER_URL: z.url().optional(),
  PUBLIC_URL: z.url().optional(),
  /** The demo station; on by default with the embedded database, never on one's own. */
  DEMO: Flag.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** What sealed fields are sealed with, "2:<base64>,1:<base64>", the first seals; without it a file of the data folder. */
  FIELD_KEYS: z.string().optional(),
  /** The server speaks TLS itself, with this certificate (its chain included) and its key, both in PEM. */
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  /** Names and notes of tickets and bookings are kept this many days after their business day. */
  KEEP_NAMES_DAYS: z.coerce.number().int().min(0).max(3_650).default(7),
  TRUST_PROXY: z.coerce.number().int().min(0).max(5).default(0),
  /** Every limit this many times as wide; for a house far from the usual size. */
  LIMITS_SCALE: z.coerce.number().min(0.1).max(10_000).default(1),
  /** Where a weakness is told: an address or a page, shown in /.well-known/security.txt. */
  SECURITY_CONTACT: z.union([z.email(), z.url({ protocol: /^(https|mailto)$/ })]).optional(),
  TWILIO_ACCOUNT_SID: z.string().optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  /** The next token, while one is being rotated: callbacks signed with either are believed. */
  TWILIO_AUTH_TOKEN_SECONDARY: z.string().optional(),
  TWILIO_FROM: z.string().optional(),
  TWILIO_BASE_URL: z.url().optional(),
  /** smtp://user:password@host:587, or smtps://…; without it nothing is sent, and the outbox page shows what would be. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().max(200).optional(),
  /** Origins of services that carry notices to browsers, beside those of Chrome, Firefox, Safari and Edge; commas between. */
  PUSH_SERVICES: z.string().optional(),
  /** For replays alone: time runs this many times as fast, from CLOCK_START on. */
  CLOCK_SPEED: z.coerce.number().min(1).max(10_000).default(1),
  CLOCK_START: z.iso.datetime().optional(),
  /** For development and tests: what no rule may ever bring about is looked for before each batch is written. */
  ASSERT_INVARIANTS: Flag.default(false),
});

export interface TwilioConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly secondaryAuthToken: string | null;
  readonly from: string;
  readonly baseUrl: string | null;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly appsDir: string | null;
  readonly databaseUrl: string | null;
  readonly ownerDatabaseUrl: string | null;
  readonly publicUrl: string | null;
  readonly demo: boolean;
  readonly logLevel: z.output<typeof Environment>['LOG_LEVEL'];
  readonly fieldKeys: string | null;
  readonly keepNamesDays: number;
  readonly trustProxy: number;
  readonly limitsScale: number;
  readonly securityContact: string | null;
  readonly tls: TlsFiles | null;
  readonly twilio: TwilioConfig | null;
  readonly pushServices: readonly string[];
  readonly smtp: { readonly url: string; readonly from: string } | null;
  readonly clock: { readonly speed: number; readonly start: string | null };
  readonly assertInvariants: boolean;
}

/** Reads the configuration once, at the start; what is wrong is said by name, and nothing starts. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>, cwd: string): Config {
  const set = withFiles(
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')),
    cwd,
  );
  if (set['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    throw new Error('configuration: NODE_TLS_REJECT_UNAUTHORIZED=0 would trust anybody who answers');
  const parsed = Environment.safeParse(set);
  if (!parsed.success) {
    throw new Error(
      `configuration: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`,
    );
  }
  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    dataDir: resolve(cwd, env.DATA_DIR),
    appsDir: env.APPS_DIR === undefined ? null : resolve(cwd, env.APPS_DIR),
    databaseUrl: env.DATABASE_URL ?? null,
    ownerDatabaseUrl: env.DATABASE_OWNER_URL ?? null,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    demo: env.DEMO ?? env.DATABASE_URL === undefined,
    logLevel: env.LOG_LEVEL,
    fieldKeys: env.FIELD_KEYS ?? null,
    keepNamesDays: env.KEEP_NAMES_DAYS,
    trustProxy: env.TRUST_PROXY,
    limitsScale: env.LIMITS_SCALE,
    securityContact: env.SECURITY_CONTACT ?? null,
    tls: tlsFilesOf(env, cwd),
    twilio: twilioOf(env),
    smtp: smtpOf(env),
    pushServices: pushServicesOf(env),
    clock: { speed: env.CLOCK_SPEED, start: env.CLOCK_START ?? null },
    assertInvariants: env.ASSERT_INVARIANTS,
  };
}

/** Secrets that may stand in a file instead, as Docker, Kubernetes and systemd hand them over. */
const SECRETS = [
  'DATABASE_URL',
  'FIELD_KEYS',
  'SMTP_URL',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_AUTH_TOKEN_SECONDARY',
];

/** `DATABASE_URL_FILE=/run/secrets/database` is the `DATABASE_URL` that stands in that file. */
function withFiles(set: Readonly<Record<string, string | undefined>>, cwd: string) {
  const read = SECRETS.flatMap((name) => {
    const path = set[`${name}_FILE`];
    if (path === undefined) return [];
    if (set[name] !== undefined) throw new Error(`configuration: ${name} and ${name}_FILE: one of them`);
    return [[name, readFileSync(resolve(cwd, path), 'utf8').trim()] as const];
  });
  return { ...set, ...Object.fromEntries(read) };
}

function tlsFilesOf(env: z.output<typeof Environment>, cwd: string): TlsFiles | null {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = env;
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw new Error('configuration: TLS_CERT_FILE and TLS_KEY_FILE belong together');
  return { certFile: resolve(cwd, certFile), keyFile: resolve(cwd, keyFile) };
}

function smtpOf({ SMTP_URL: url, MAIL_FROM: from }: z.output<typeof Environment>): Config['smtp'] {
  if (url === undefined) return null;
  if (from === undefined) throw new Error('configuration: SMTP_URL and MAIL_FROM belong together');
  return { url, from };
}

function pushServicesOf({ PUSH_SERVICES: text = '' }: z.output<typeof Environment>): readonly string[] {
  const origins = text.split(',').flatMap((part) => part.trim() || []);
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error('configuration: PUSH_SERVICES is origins, https://push.example, with commas between');
  return origins;
}

function twilioOf(env: z.output<typeof Environment>): TwilioConfig | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = env;
  if (accountSid === undefined && authToken === undefined) return null;
  if (accountSid === undefined || authToken === undefined || from === undefined) {
    throw new Error('configuration: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM belong together');
  }
  const secondaryAuthToken = env.TWILIO_AUTH_TOKEN_SECONDARY ?? null;
  return { accountSid, authToken, secondaryAuthToken, from, baseUrl: env.TWILIO_BASE_URL ?? null };
}
