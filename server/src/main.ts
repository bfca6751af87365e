import { join } from 'node:path';
import { seedDemo } from '@schalter/drizzle/seed/demo.ts';
import { people as demoPeople } from '@schalter/drizzle/seed/station.ts';
import { fastClock, systemClock } from './adapters/clock.ts';
import { startEmbeddedPostgres } from './adapters/embedded-postgres.ts';
import { outboxEmail } from './adapters/outbox-email.ts';
import { outboxSms } from './adapters/outbox-sms.ts';
import { smtpEmail } from './adapters/smtp-email.ts';
import { twilioSms } from './adapters/twilio-sms.ts';
import { webPushBy } from './adapters/web-push.ts';
import { startApp, type App } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLog, describeText } from './log.ts';
import { hashPassword } from './platform/secrets.ts';
import { setUpLink } from './platform/setup-routes.ts';
import type { LandingLink } from './transport/landing.ts';

const config = readConfig(process.env, process.cwd());
const log = createLog(config.logLevel);

const life = new Lifecycle({
  exit: (code) => process.exit(code),
  onError: (error, what) => log.error({ err: error }, what),
  now: () => performance.now(),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => life.signal(signal));
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => life.crashed(error));

async function database(): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const postgres = await startEmbeddedPostgres({
    dataDir: join(config.dataDir, 'postgres'),
    log: (line) => log.debug(describeText(line)),
    onLost: (reason) => {
      log.fatal({ reason: describeText(reason) }, 'the database has ended');
      void life.stop(1);
    },
  });
  life.started(() => postgres.stop());
  return postgres.url;
}

const LINKS: readonly LandingLink[] = [
  { href: '/kiosk/?demo=1&slot=1', title: 'Kiosk', text: 'Nummer ziehen' },
  { href: '/display/?demo=1&slot=1', title: 'Anzeige', text: 'Die Wand im Warteraum' },
  { href: '/staff/', title: 'Schalter', text: 'Für das Personal' },
  { href: '/q/zrh', title: 'Telefon', text: 'Mit dem eigenen Telefon anstehen' },
  { href: '/api/docs/', title: 'API', text: 'Beschreibung der Schnittstelle' },
];
const HOUSE_LINKS = LINKS.filter(({ href }) => !href.startsWith('/q/')).map((link) => ({
  ...link,
  href: link.href.split('?')[0] ?? '',
}));

async function seed({ parts }: App): Promise<void> {
  await seedDemo({
    now: () => parts.clock.now(),
    execute: ({ envelope, organisationId }) =>
      parts.engine.execute({ envelope, organisationId, actor: { kind: 'system' } }),
    ensureCredentials: async (personId, { password, pin }) => {
      const organisationId = await organisationOf(parts);
      if ((await parts.credentials.credentials(organisationId, personId)) !== null) return;
      const [passwordHash, pinHash] = await Promise.all([hashPassword(password), hashPassword(pin)]);
      await parts.credentials.setCredentials(organisationId, personId, { passwordHash, pinHash });
    },
  });
}
const organisationOf = async (parts: App['parts']): Promise<string> =>
  (await parts.queries.organisationIds())[0] ?? '';

const signIns = demoPeople.map(
  (p) => `${p.name.padEnd(18)} ${p.role.padEnd(8)} ${p.email.padEnd(26)} ${p.password}   PIN ${p.pin}`,
);

async function main({ demo, clock, twilio, smtp }: Config): Promise<void> {
  const app = await startApp({
    config,
    databaseUrl: await database(),
    clock: clock.speed === 1 && clock.start === null ? systemClock : fastClock(clock.speed, clock.start),
    sms:
      twilio === null
        ? outboxSms()
        : twilioSms({
            accountSid: twilio.accountSid,
            authToken: twilio.authToken,
            sender: twilio.from,
            secondaryAuthToken: twilio.secondaryAuthToken ?? undefined,
            apiBaseUrl: twilio.baseUrl ?? undefined,
          }),
    email: smtp === null ? outboxEmail() : smtpEmail(smtp),
    push: webPushBy({ contact: config.securityContact, services: config.pushServices }),
    log,
    links: demo ? LINKS : HOUSE_LINKS,
    signIns: demo ? signIns : [],
  });
  life.started(() => app.stop());
  if (demo) await seed(app);
  const url = app.parts.publicUrl();
  const link = demo ? null : await setUpLink(app.parts);
  const lines = [
    '',
    `  Schalter runs at ${url}/`,
    '',
    ...(demo ? LINKS : HOUSE_LINKS).map(({ title, href }) => `  ${title.padEnd(10)} ${url}${href}`),
    ...(demo ? ['', '  Demo sign-ins', ...signIns.map((line) => `  ${line}`)] : []),
    ...(link === null ? [] : ['', `  First set-up (once): ${link}`]),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main(config).catch((error: unknown) => {
  // A signal in the middle of the start takes the ground from under it: the stop goes on, and its code stands.
  if (life.isStopping) return;
  log.fatal({ err: error }, 'could not start');
  void life.stop(1);
});
