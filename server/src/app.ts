import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type postgres from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { brokenInvariants } from '@schalter/shared/invariants.ts';
import type { Fact } from '@schalter/shared/registry.ts';
import type { Config } from './config.ts';
import { bookingRoutes } from './booking/routes.ts';
import { Engine } from './engine/execute.ts';
import { assertAppRole, connectTo, Islands } from './engine/postgres-connections.ts';
import { PostgresStore } from './engine/postgres-store.ts';
import { defineWriteBatch } from './engine/postgres-write.ts';
import { startWakeUp } from './engine/wake-up.ts';
import { defineJobs, startJobs } from './jobs/boss.ts';
import type { Workers } from './jobs/boss.ts';
import type { Job } from './jobs/job.ts';
import { startSealing } from './jobs/sealing.ts';
import { loaders } from './loaders.ts';
import { messageWorker } from './messaging/jobs.ts';
import { MessagingQueries } from './messaging/queries.ts';
import { pushWorker } from './messaging/push-job.ts';
import { pushRoutes } from './messaging/push-routes.ts';
import { PushStore } from './messaging/push-store.ts';
import { messagingRoutes } from './messaging/routes.ts';
import { startApproachingWatch } from './messaging/watch.ts';
import { auditRoutes } from './platform/audit-routes.ts';
import { authRoutes } from './platform/auth-routes.ts';
import { CredentialStore } from './platform/credential-store.ts';
import { DeviceTokens } from './platform/device-token-store.ts';
import { deviceRoutes } from './platform/device-routes.ts';
import { factorRoutes } from './platform/factor-routes.ts';
import { FactorStore } from './platform/factor-store.ts';
import { checkFieldKeys, fieldCipherOf } from './platform/field-keys.ts';
import { Identities } from './platform/identity.ts';
import { linkRoutes } from './platform/link-routes.ts';
import { LinkStore } from './platform/link-store.ts';
import { mailWorker } from './platform/mail-job.ts';
import { passkeyRoutes } from './platform/passkey-routes.ts';
import { PasskeyStore } from './platform/passkey-store.ts';
import { proofRoutes } from './platform/proof-routes.ts';
import { ProofStore } from './platform/proof-store.ts';
import { PlatformQueries } from './platform/queries.ts';
import { LimitQueries } from './platform/queries-limits.ts';
import { SealedStore } from './platform/sealed-store.ts';
import { newToken } from './platform/secrets.ts';
import { SecurityEvents } from './platform/security-events.ts';
import { SessionStore } from './platform/session-store.ts';
import { sessionRoutes } from './platform/session-routes.ts';
import { setUpRoutes } from './platform/setup-routes.ts';
import { ErasuresFile } from './privacy/erasures-file.ts';
import { HeldData } from './privacy/queries.ts';
import { reapplyErasures, redactWorker } from './privacy/redact.ts';
import { startRetention } from './privacy/retention.ts';
import { privacyRoutes } from './privacy/routes.ts';
import type { Clock } from './ports/clock.ts';
import type { Email } from './ports/email.ts';
import type { PushCarrier } from './ports/push.ts';
import type { Sms } from './ports/sms.ts';
import { ArrivalCodes } from './queue/arrival.ts';
import { startAwayWatch } from './queue/away.ts';
import { startDayEnd } from './queue/day-end.ts';
import { QueueQueries } from './queue/queries.ts';
import { queueRoutes } from './queue/routes.ts';
import { startSignals } from './queue/signals.ts';
import { reactions } from './reactions.ts';
import type { Parts } from './transport/caller.ts';
import { commandHandler } from './transport/commands.ts';
import { trackConnections, within } from './transport/connections.ts';
import { FanOut } from './transport/fan-out.ts';
import { readPrefixed } from './transport/host-cookies.ts';
import { httpApp } from './transport/http.ts';
import { landing, type LandingLink } from './transport/landing.ts';
import { Limits } from './transport/limits.ts';
import type { Declared } from './transport/routes.ts';
import { securityTxt } from './transport/security-txt.ts';
import { startSockets } from './transport/sockets.ts';
import { renew, tlsOf } from './transport/tls.ts';

export const VERSION = '0.2.0';
/** Connections for commands and queries; the lanes of a few busy locations and the cold queries beside them. */
const POOL = 10;
/** Signing a person in, and what an operator's page asks for. */
const COLD_POOL = 4;
/** Expired codes and sessions are cleared away this often. */
const SWEEP_MS = 3_600_000;
/** A request line and its headers take milliseconds; whoever takes longer keeps a connection from others. */
const HEADERS_MS_MAX = 15_000;
const REQUEST_MS_MAX = 30_000;
/** A house that comes back at once waits in the kernel; beyond 511, Node's own number, it would try again a second later. */
const BACKLOG = 4_096;
/** Whoever asks whether this process is ready wants to know it now. */
const READY_MS_MAX = 2_000;
/** What is under way when the process ends: a command takes milliseconds, a sign-in a few tens. */
const GRACE_MS = 2_000;
/** From SIGTERM on: devices are told, transactions end, the port is free. */
const DRAIN_MS_MAX = 8_000;

/** After these somebody may more or less than a moment ago. */
const CHANGES_RIGHTS: readonly Fact['type'][] = [
  'platform.personChanged',
  'platform.assignmentChanged',
  'platform.grantChanged',
  'platform.roleChanged',
  'platform.roleArchived',
];

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly sms: Sms;
  readonly email: Email;
  readonly push: PushCarrier;
  readonly log: Logger;
  readonly links: readonly LandingLink[];
  readonly signIns: readonly string[];
}

export interface App {
  readonly port: number;
  readonly parts: Parts;
  /** Every route below /api/v1 but that of commands, with whom it serves. */
  readonly routes: readonly Declared[];
  stop(): Promise<void>;
}

/** Puts the server together: the only place where the parts know each other. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, databaseUrl, clock, sms, email, log } = options;
  const onError = (error: unknown) => {
    log.error({ err: error });
  };
  await migrate(config.ownerDatabaseUrl ?? databaseUrl, async (owner) => {
    await defineWriteBatch(owner);
    await defineJobs(config.ownerDatabaseUrl ?? databaseUrl);
  });
  const sql = connectTo(databaseUrl, POOL);
  await assertAppRole(sql);
  const cold = connectTo(databaseUrl, COLD_POOL);
  const islands = new Islands(cold);
  const listening = connectTo(databaseUrl, 2);

  const shared = new LimitQueries(sql);
  const jobs = await startJobs(databaseUrl, onError);
  const store = new PostgresStore(sql, jobs.add);
  const credentials = new CredentialStore(islands);
  const queries = new PlatformQueries(islands);
  const fields = fieldCipherOf(config);
  const organisationIds = () => queries.organisationIds();
  // On the plain client: it is the one whose statements are written by hand.
  const sealed = new SealedStore(sql, organisationIds);
  await checkFieldKeys(fields, credentials, sealed);
  const sessions = new SessionStore(islands, await credentials.secret('sessions', newToken));
  const proofs = new ProofStore(islands);
  const devices = new DeviceTokens(islands, await credentials.secret('devices', newToken));
  const links = new LinkStore(islands);
  const arrivalCodes = new ArrivalCodes(await credentials.secret('arrivalCodes', newToken));
  const held = new HeldData(sql);
  const engine: Engine = new Engine({
    store,
    clock,
    react: reactions(() => parts.publicUrl()),
    load: loaders({
      engine: () => engine,
      queries,
      messages: new MessagingQueries(islands),
      held,
      arrivalCodes,
    }),
    ...(config.assertInvariants ? { brokenInvariants } : {}),
    // A frame to a thousand screens takes ten milliseconds; who has pressed does not wait for it.
    acksLeft: () => new Promise((resolve) => setImmediate(resolve)),
  });
  engine.onError = (error, type) => {
    log.error({ err: error, type }, 'a command could not be carried out');
  };
  const wakeUp = await startWakeUp(listening, engine, store, randomUUID());

  const timeouts = { headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX };
  const { tls } = config;
  const server =
    tls === null ? createServer(timeouts) : createTlsServer({ ...timeouts, ...(await tlsOf(tls)) });
  const renewing = server instanceof TlsServer && tls !== null ? renew(server, tls, onError) : undefined;
  const connections = trackConnections(server);
  let draining = false;
  // Jobs may run before the port is open; then it is the one that will be.
  const port = () => (server.address() as AddressInfo | null)?.port ?? config.port;
  const parts: Parts = {
    engine,
    clock,
    credentials,
    devices,
    sessions,
    proofs,
    factors: new FactorStore(islands, fields),
    passkeys: new PasskeyStore(islands),
    links,
    later: (job) => jobs.later(job),
    queries,
    identities: new Identities({ devices, sessions, queries, engine, clock }),
    limits: new Limits({ scale: config.limitsScale, shared }),
    security: new SecurityEvents({ engine, clock, onError }),
    fields,
    publicUrl: () => config.publicUrl ?? `${tls === null ? 'http' : 'https'}://localhost:${port()}`,
    demo: config.demo,
  };
  const isHttps = parts.publicUrl().startsWith('https:');
  const pushKey = await credentials.secret('push', () => options.push.newKey());
  const push = options.push.withKey(pushKey, parts.publicUrl());
  const subscriptions = new PushStore(islands, fields);
  const handleCommand = commandHandler(engine, parts);
  const api = [
    authRoutes(parts),
    sessionRoutes(parts),
    proofRoutes(parts),
    factorRoutes(parts),
    passkeyRoutes(parts),
    linkRoutes(parts),
    deviceRoutes(parts),
    queueRoutes(parts, new QueueQueries(islands)),
    bookingRoutes(parts),
    auditRoutes(parts, islands),
    setUpRoutes(parts),
    privacyRoutes(parts, held),
    pushRoutes(parts, push, subscriptions),
  ];
  server.on(
    'request',
    httpApp({
      parts,
      root: config.appsDir ?? join(import.meta.dirname, '..', '..'),
      version: VERSION,
      trustProxy: config.trustProxy,
      handleCommand,
      api,
      other: [
        landing(options.links, options.signIns),
        securityTxt({ contact: config.securityContact, publicUrl: parts.publicUrl, now: () => clock.now() }),
        messagingRoutes({ ...parts, sms }),
      ],
      ready: async () => !draining && (await within(READY_MS_MAX, isMigrated(sql), false)),
      onError,
    }),
  );

  const fanOut = new FanOut({
    nowMs: () => performance.now(),
    soon: (work) => void setImmediate(work),
    after: (waitMs, work) => void setTimeout(work, waitMs),
  });
  const sockets = startSockets({
    http: server,
    engine,
    identities: parts.identities,
    fanOut,
    handleCommand,
    limits: parts.limits,
    trustProxy: config.trustProxy,
    publicHost: () => new URL(parts.publicUrl()).host,
    isHttps,
    onError,
    onPresence: () => {
      signals.presence();
    },
    onSubscribed: (socket, streamId, audience) => {
      signals.greet(socket, streamId, audience);
      if (socket.data.personId !== null) away.here(streamId, socket.data.personId);
    },
    onLost: (streamId, personId) => {
      away.lost(streamId, personId);
    },
  });
  // Before everybody who reads cookies, Socket.IO's own answers included.
  if (isHttps) for (const event of ['request', 'upgrade']) server.prependListener(event, readPrefixed);
  const signals = startSignals({
    engine,
    clock,
    fanOut,
    arrivalCodes,
    connectedDevices: (id) => sockets.connectedDevices(id),
    isCurrent: () => wakeUp.isCurrent(),
    onError,
  });
  const offEntries = engine.onEntries((stream, entries) => {
    signals.changed(stream.head.id);
    for (const fact of entries.flatMap((entry) => entry.facts) as Fact[]) {
      // Of whom nothing is known any more, a remembered proof shall not be good for another second.
      if (CHANGES_RIGHTS.includes(fact.type) || fact.type.startsWith('privacy.')) parts.identities.forget();
      if (fact.type !== 'platform.deviceRevoked') continue;
      parts.identities.forget();
      sockets.drop(stream.head.id, fact.deviceId);
      revokeTokens(parts, stream.head, fact.deviceId).catch(onError);
    }
  });
  const sweep = () => {
    Promise.all([credentials.sweep(clock.now()), shared.sweep()]).catch(onError);
    sealed
      .reseal(fields)
      .then(({ count, broken }) => {
        if (count > 0) log.info({ count }, 'sealed fields are sealed with the newest key');
        if (broken.length > 0) log.error({ broken }, 'sealed fields do not open');
      })
      .catch(onError);
  };
  sweep();
  const sweeping = setInterval(sweep, SWEEP_MS);
  const locationIds = () => queries.allLocationIds();
  const connectedPeople = (id: string) => sockets.connectedPeople(id);
  const away = startAwayWatch({ engine, clock, locationIds, connectedPeople, onError });
  const dayEnd = startDayEnd({ engine, clock, locationIds, onError });
  const sealing = startSealing({ sql, clock, organisationIds, onError });
  const { publicUrl } = parts;
  const approaching = startApproachingWatch({ engine, clock, publicUrl, locationIds, onError });
  const file = new ErasuresFile(config.dataDir);
  const redacting = {
    engine,
    clock,
    held,
    file,
    credentials,
    links,
    subscriptions,
    later: (job: Job) => jobs.later(job),
  };
  const locationsOf = async (organisationId: string) =>
    (await queries.locations(organisationId)).map(({ id }) => id);
  const onNotTaken = (what: object) => {
    log.warn(what, 'a service did not take a notice');
  };
  jobs.work({
    ...workers(parts, sms, email),
    push: pushWorker({ ...parts, push, subscriptions, onNotTaken }),
    redact: redactWorker({ ...redacting, locationsOf }),
  });
  await dayEnd.check();
  // Before anybody is served: an older copy of the database may have been restored.
  const again = await reapplyErasures(redacting);
  if (again > 0)
    log.warn({ count: again }, 'people who had been erased were there again, and are erased again');
  const retention = startRetention({
    ...{ engine, clock, held, locationIds, log, onError },
    keepDays: config.keepNamesDays,
  });
  retention.check().catch(onError);
  await new Promise<void>((resolve, fail) => {
    const { port: wanted, host } = config;
    server.once('error', fail).listen({ port: wanted, host, backlog: BACKLOG }, resolve);
  });
  // Too many connections at once are an error each, and no reason to end.
  server.on('error', onError);

  const stop = async () => {
    draining = true;
    clearInterval(sweeping);
    clearInterval(renewing);
    away.stop();
    dayEnd.stop();
    retention.stop();
    approaching.stop();
    sealing.stop();
    signals.stop();
    offEntries();
    // What is being answered is finished; whoever holds a connection open beyond that holds up nobody.
    const cut = setTimeout(() => connections.destroy(), GRACE_MS);
    await Promise.allSettled([sockets.close(), jobs.stop()]);
    clearTimeout(cut);
    await parts.security.stop();
    await engine.drained();
    await wakeUp.stop();
    await Promise.all([sql, cold, listening].map((client) => client.end({ timeout: 2 })));
  };
  return {
    port: port(),
    parts,
    routes: api.flatMap(({ declared }) => declared),
    stop: () =>
      Promise.race([stop(), new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS_MAX).unref())]),
  };
}

const isMigrated = async (sql: postgres.Sql): Promise<boolean> =>
  (await sql`select count(*)::int as migrations from drizzle.__drizzle_migrations`)[0]?.['migrations'] > 0;

/** The row says it first and ends the connections; the token is then dead as well. */
async function revokeTokens(
  { credentials, clock }: Parts,
  { organisationId, locationId }: { organisationId: string; locationId: string | null },
  deviceId: string,
): Promise<void> {
  if (locationId !== null)
    await credentials.revokeDevice({ organisationId, locationId, deviceId }, clock.now());
}

const workers = (parts: Parts, sms: Sms, email: Email): Omit<Workers, 'push' | 'redact'> => ({
  command: async ({ streamId, type, input, commandId }) => {
    const answer = await parts.engine.execute({
      envelope: { commandId, streamId, type, input, occurredAt: parts.clock.now() },
      actor: { kind: 'system' },
    });
    // A rule's refusal is an answer; a database that is away is a reason to try again.
    if (!answer.ok && answer.code === 'unavailable') throw new Error('unavailable');
  },
  message: messageWorker({ ...parts, sms }),
  mail: mailWorker(parts, email),
});
