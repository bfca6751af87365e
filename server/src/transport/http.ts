import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import compression from 'compression';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { identify, type Parts } from './caller.ts';
import type { HandleCommand } from './commands.ts';
import { addressOf, MAX_BODY_BYTES } from './limits.ts';
import { openApiDocument } from './openapi.ts';
import { isOwnOrigin } from './origin.ts';
import { handle, onError, sendProblem } from './problem.ts';
import { appSites, inlineScriptHashes, staticApps } from './static-apps.ts';

export interface HttpOptions {
  readonly parts: Parts;
  readonly root: string;
  readonly version: string;
  readonly trustProxy: number;
  readonly handleCommand: HandleCommand;
  /** Below /api/v1. */
  readonly api: readonly { readonly router: Router }[];
  /** Anywhere else, before the apps: callbacks of providers, the front page. */
  readonly other: readonly Router[];
  readonly ready: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/** The Express app: one port for the API, its description, the three apps and their health. */
export function httpApp(options: HttpOptions): Express {
  const sites = appSites(options.root);
  const app = express();
  app.disable('x-powered-by').set('trust proxy', options.trustProxy);
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
  app.use(securityHeaders(inlineScriptHashes(sites)), compression());
  app.use(
    '/api',
    sameOrigin(() => new URL(options.parts.publicUrl()).host),
  );
  // What is somebody's own is kept by nobody on the way.
  app.use('/api/v1', (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use('/api/v1', express.json({ limit: MAX_BODY_BYTES, type: 'application/json' }));
  app.post('/api/v1/commands', commandsRoute(options));
  for (const { router } of options.api) app.use('/api/v1', router);
  app.use(description(options.version));
  for (const router of options.other) app.use(router);
  app.use(staticApps(sites));
  app.use((request, response) => {
    if (request.path.startsWith('/api/')) sendProblem(request, response, reject('notFound'));
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

/** A page of another origin that sends this browser's cookies is refused; programs send no Origin. */
const sameOrigin =
  (publicHost: () => string): RequestHandler =>
  (request, response, next) => {
    const origin = request.get('origin');
    const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (unsafe && !isOwnOrigin(origin, [request.get('host'), publicHost()])) {
      sendProblem(request, response, reject('notPermitted'));
      return;
    }
    next();
  };

const securityHeaders = (scripts: readonly string[]): RequestHandler[] => [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...scripts],
        // Svelte sets widths and colours as style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    // Whether there is https is the proxy's business, and an address in a branch's network has none.
    strictTransportSecurity: false,
  }),
  (_request, response, next) => {
    response.setHeader(
      'Permissions-Policy',
      'serial=(self), usb=(self), screen-wake-lock=(self), camera=(self), microphone=(), geolocation=(), payment=()',
    );
    next();
  },
];

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
