import { pino } from 'pino';
import { outboxEmail } from '@schalter/server/src/adapters/outbox-email.ts';
import { webPushBy } from '@schalter/server/src/adapters/web-push.ts';
import { systemClock } from '@schalter/server/src/adapters/clock.ts';
import { outboxSms } from '@schalter/server/src/adapters/outbox-sms.ts';
import { startApp, type App } from '@schalter/server/src/app.ts';
import { readConfig } from '@schalter/server/src/config.ts';

/** The product as it runs, in this process: engine, jobs, signals, sockets that nobody connects to. */
export const startProduct = (databaseUrl: string): Promise<App> =>
  startApp({
    config: readConfig({ PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl }, process.cwd()),
    databaseUrl,
    clock: systemClock,
    sms: outboxSms(),
    email: outboxEmail(),
    push: webPushBy({ contact: null, services: [] }),
    log: pino({ level: 'error' }),
    links: [],
    signIns: [],
  });
