import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import compression from 'compression';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { identify, type Parts } from './caller.ts';
import type { HandleCommand } from './commands.ts';
import { addressOf, MAX_BODY_BYTES } from './limits.ts';
import { openApiDocument } from './openapi.ts';
import { prefixCookies } from './host-cookies.ts';
import { cameUnencrypted, isFromElsewhere, isOwnOrigin } from './origin.ts';
import { handle, onError, sendProblem } from './problem.ts';
import type { Declared } from './routes.ts';
import { dataHeaders, securityHeaders } from './security-headers.ts';
import { appSites, inlineScriptHashes, staticApps } from './static-apps.ts';

export interface HttpOptions {
  readonly parts: Parts;
  readonly root: string;
  readonly version: string;
  readonly trustProxy: number;
  readonly handleCommand: HandleCommand;
  /** Below /api/v1. */
  readonly api: readonly { readonly router: Router; readonly declared: readonly Declared[] }[];
  /** Anywhere else, before the apps: callbacks of providers, the front page. */
  readonly other: readonly Router[];
  readonly ready: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/** The Express app: one port for the API, its description, the three apps and their health. */
export function httpApp(options: HttpOptions): Express {
  const sites = appSites(options.root);
  const app = express();
  const publicUrl = () => new URL(options.parts.publicUrl());
  const isHttps = publicUrl().protocol === 'https:';
  app.disable('x-powered-by').set('trust proxy', options.trustProxy);
  if (isHttps) prefixCookies(app);
  app.use(securityHeaders(inlineScriptHashes(sites), isHttps));
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok');
  });
  app.get('/readyz', (_request, response, next) => {
    options.ready().then(
      (ready) =>
        response
          .status(ready ? 200 : 503)
          .type('text')
          .send(ready ? 'ready' : 'not ready'),
      next,
    );
  });
  if (isHttps) app.use(encryptedOnly(publicUrl, options.trustProxy));
  app.use(compression());
  app.use(
    '/api',
    sameOrigin(() => publicUrl().host),
  );
  app.use('/api/v1', dataHeaders);
  app.use('/api/v1', express.json({ limit: MAX_BODY_BYTES, type: 'application/json' }));
  app.post('/api/v1/commands', commandsRoute(options));
  for (const { router } of options.api) app.use('/api/v1', router);
  app.use('/api/v1', otherMethods([COMMANDS, ...options.api.flatMap(({ declared }) => declared)]));
  app.use(description(options.version));
  for (const router of options.other) app.use(router);
  app.use(staticApps(sites));
  app.use((request, response) => {
    if (!READING.includes(request.method) && !request.path.startsWith('/api/'))
      response.status(405).set('Allow', 'GET, HEAD').type('text').send('Method not allowed');
    else if (request.path.startsWith('/api/')) sendProblem(request, response, reject('notFound'));
    else response.status(404).type('text').send('Not found');
  });
  app.use(onError(options.onError));
  return app;
}

const commandsRoute = ({ parts, handleCommand }: HttpOptions): RequestHandler =>
  handle(async (request, response) => {
    const identity = await identify(parts, request, 'any');
    const answer = await handleCommand(
      withIdempotencyKey(request.body, request.get('idempotency-key')),
      identity,
      addressOf(request),
    );
    if (!answer.ok) return answer;
    response.json(answer);
    return undefined;
  });

/** `Idempotency-Key` is another way to say the command's id; a command without either is a command of its own. */
function withIdempotencyKey(body: unknown, key: string | undefined): unknown {
  if (typeof body !== 'object' || body === null || 'commandId' in body) return body;
  return { ...body, commandId: key ?? randomUUID() };
}

/**
 * A page of another origin that sends this browser's cookies is refused, whatever it asks for; programs send no Origin.
 * The description is no secret, and may be linked to.
 */
const sameOrigin =
  (publicHost: () => string): RequestHandler =>
  (request, response, next) => {
    const isOpen = request.path.startsWith('/docs') || request.path === '/v1/openapi.json';
    const isForeign = READING.includes(request.method)
      ? !isOpen && isFromElsewhere(request.headers)
      : isFromElsewhere(request.headers) ||
        !isOwnOrigin(request.get('origin'), [request.get('host'), publicHost()]);
    if (isForeign) sendProblem(request, response, reject('notPermitted'));
    else next();
  };

/** A page is shown where it is encrypted. A program is told, not led there: its first request was read by everybody. */
const encryptedOnly =
  (publicUrl: () => URL, trustProxy: number): RequestHandler =>
  (request, response, next) => {
    if (!cameUnencrypted(request.headers, trustProxy)) next();
    else if (READING.includes(request.method) && !request.path.startsWith('/api/'))
      response.redirect(308, `${publicUrl().origin}${request.originalUrl}`);
    else sendProblem(request, response, reject('notPermitted'));
  };

const READING = ['GET', 'HEAD'];
const COMMANDS = { method: 'post', path: '/commands' } as const;

/** A path that is there, asked in a way that it is not: 405, and what it takes. */
function otherMethods(routes: readonly Pick<Declared, 'method' | 'path'>[]): Router {
  const router = express.Router();
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes)
    methods.set(path, [
      ...(methods.get(path) ?? []),
      method.toUpperCase(),
      ...(method === 'get' ? ['HEAD'] : []),
    ]);
  // "/pairings/claim" before "/pairings/:pairingId", which it looks like.
  const ids = (path: string) => path.split(':').length;
  for (const [path, allowed] of [...methods].sort(([a], [b]) => ids(a) - ids(b))) {
    router.all(path, (request, response) => {
      response.setHeader('Allow', allowed.join(', '));
      sendProblem(request, response, reject('methodNotAllowed'));
    });
  }
  return router;
}

/** The description of the API and a page to read it, from this server alone. */
function description(version: string): Router {
  const router = express.Router();
  const document = openApiDocument(version);
  const ui = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.get('/api/docs', (request, response) => {
    if (request.path.endsWith('/')) response.type('html').send(DOCS_PAGE);
    else response.redirect(302, '/api/docs/');
  });
  router.get('/api/docs/start.js', (_request, response) => {
    response.type('js').send("SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#api' });");
  });
  router.use('/api/docs', express.static(ui, { index: false }));
  return router;
}

const DOCS_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Schalter API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head><body><div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`;
