import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { expect } from 'vitest';
import { webPushBy } from '../src/adapters/web-push.ts';
import { createLog } from '../src/log.ts';
import type { PushCarrier } from '../src/ports/push.ts';
import { newToken } from '../src/platform/secrets.ts';
import { Api } from './api.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { openTestHouse, signedIn, type TestHouse } from './house.ts';
import { startPushService, type PushedBrowser, type PushService } from './push-service.ts';

export const DELIVERED = { timeout: 15_000 };
/** Jobs are looked for twice a second: what has not come by then does not come. */
const QUIET_MS = 2_500;
export const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

export interface Clerk {
  readonly personId: string;
  readonly session: string;
  readonly browser: PushedBrowser;
}
interface Ticket {
  readonly visitId: string;
  readonly stageId: string;
  readonly ticket: string;
}

/** A house whose people and customers are told on their browsers. */
export class PushHouse {
  readonly house: TestHouse;
  readonly api: Api;
  readonly sql: postgres.Sql;
  readonly service: PushService;

  private constructor(
    house: TestHouse,
    service: PushService,
    readonly carrier: PushCarrier,
    readonly clock: MovableClock,
    /** Lines of the server's log, from warnings upwards. */
    readonly logged: readonly string[],
  ) {
    this.house = house;
    this.api = new Api(house.url);
    this.sql = postgres(house.databaseUrl, { max: 1 });
    this.service = service;
  }

  static async open(): Promise<PushHouse> {
    const service = await startPushService();
    const carrier = webPushBy({ contact: null, services: [service.origin] });
    const logged: string[] = [];
    const log = createLog('warn', { write: (line) => void logged.push(line) });
    const clock = movableClock();
    const house = await openTestHouse({ clock, log, push: carrier });
    return new PushHouse(house, service, carrier, clock, logged);
  }

  async close(): Promise<void> {
    await this.sql.end();
    await this.house.close();
    await this.service.close();
  }

  /** Whoever waited is no more, and nobody is at a counter: each test has the house to itself. */
  async empty(): Promise<void> {
    const { engine } = this.house.app.parts;
    const open = await engine.read(this.house.locationId, ({ live }) =>
      [...live.rows.stages.values()].filter(({ status }) =>
        ['waiting', 'called', 'serving', 'held'].includes(status),
      ),
    );
    for (const { id: stageId, status } of open ?? [])
      await this.must(null, status === 'serving' ? 'queue.complete' : 'queue.cancel', {
        stageId,
        ...(status === 'serving' ? { outcome: null } : { reason: 'Irrtum' }),
      });
    const presences = await engine.read(this.house.locationId, ({ live }) => [
      ...live.rows.presences.values(),
    ]);
    for (const { counterId } of presences ?? []) await this.must(null, 'directory.signOff', { counterId });
  }

  async publicKey(): Promise<string> {
    return (await this.api.get<{ publicKey: string }>('/api/v1/push')).body.publicKey;
  }

  async newBrowser(): Promise<PushedBrowser> {
    return this.service.subscribe(await this.publicKey());
  }

  async clerk(role: 'clerk' | 'manager' = 'clerk'): Promise<Clerk> {
    const { personId, session } = await signedIn(this.house, role);
    const browser = await this.newBrowser();
    const asked = { body: browser.subscription, as: { session } };
    expect((await this.api.send('PUT', '/api/v1/auth/push', asked)).status).toBe(204);
    return { personId, session, browser };
  }

  /** `null`: the house itself. */
  async must(
    as: { session: string } | { ticket: string } | null,
    type: string,
    input: unknown,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (as === null) {
      const answer = await this.house.command(this.house.locationId, type, input);
      if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
      return answer.result as Readonly<Record<string, unknown>>;
    }
    const command = { commandId: randomUUID(), streamId: this.house.locationId, type, input };
    const sent = { ...command, occurredAt: this.clock.now() };
    const { status, body } = await this.api.send('POST', '/api/v1/commands', { body: sent, as });
    if (status !== 200) throw new Error(`${type}: ${body.code}`);
    return body.result ?? {};
  }

  async ticket(serviceIndex = 0, language = 'fr'): Promise<Ticket> {
    const linkToken = newToken();
    const serviceId = this.house.serviceIds[serviceIndex];
    const wish = { serviceId, language, linkToken, contact: null, name: null, note: null };
    const { visitId, stageId } = await this.must(null, 'queue.issueTicket', wish);
    return { visitId: String(visitId), stageId: String(stageId), ticket: linkToken };
  }

  /** Its customer wants to be told. */
  async allow({ ticket }: Ticket): Promise<PushedBrowser> {
    const browser = await this.newBrowser();
    const asked = { body: browser.subscription, as: { ticket } };
    expect((await this.api.send('PUT', '/api/v1/ticket/push', asked)).status).toBe(204);
    await this.must({ ticket }, 'queue.allowPush', { allowed: true });
    return browser;
  }

  signOn = ({ session }: Clerk, counterId: string) =>
    this.must({ session }, 'directory.signOn', { counterId, takeOver: true });
  callNext = ({ session }: Clerk, counterId: string) =>
    this.must({ session }, 'queue.callNext', { counterId });

  async callOf(stageId: string): Promise<string> {
    const call = await this.house.app.parts.engine.read(this.house.locationId, ({ live }) =>
      [...live.rows.calls.values()].find((one) => one.stageId === stageId),
    );
    return call?.id ?? '';
  }

  /** How many browsers of somebody are still told. */
  async subscriptionsOf(ownerId: string): Promise<number> {
    const rows = await this.sql`
      select 1 from push_subscriptions where owner_id = ${ownerId} and endpoint is not null`;
    return rows.length;
  }
}
