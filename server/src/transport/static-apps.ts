import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';

interface AppSite {
  readonly base: string;
  readonly directory: string;
}

const YEAR_MS = 365 * 86_400_000;
/** Files whose content may change under the same name: always asked for. */
const UNHASHED =
  /(^|\/)(sw\.js|push-worker\.js|index\.html|manifest\.webmanifest|version\.json|workbox-[^/]*\.js)$/;
const HASHED = '/_app/immutable/';

/** The three apps' built files. Each lives below its own base, so that its service worker has its own scope. */
export function appSites(root: string): readonly AppSite[] {
  return [
    { base: '/kiosk', directory: join(root, 'kiosk', 'build') },
    { base: '/display', directory: join(root, 'display', 'build') },
    { base: '/staff', directory: join(root, 'staff-pwa', 'build') },
  ];
}

/**
 * Hashes of the small scripts that the built pages carry inline: nothing else inline may run. A build may take another's
 * place while the server runs, and a worker keeps a page with the headers that came with it: so the files are looked at
 * each time (a few microseconds each), and read where they have changed.
 */
export function inlineScriptHashes(sites: readonly AppSite[]): () => readonly string[] {
  const pages = sites.map(({ directory }) => scriptHashesOf(join(directory, 'index.html')));
  return () => pages.flatMap((hashes) => hashes());
}

function scriptHashesOf(page: string): () => readonly string[] {
  let known: { readonly state: string; readonly hashes: readonly string[] } | null = null;
  return () => {
    const stat = statSync(page, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const state = `${stat.mtimeMs}/${stat.size}/${stat.ino}`;
    if (known?.state !== state) known = { state, hashes: hashesIn(readFileSync(page, 'utf8')) };
    return known.hashes;
  };
}

const hashesIn = (html: string): readonly string[] =>
  [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );

export function staticApps(sites: readonly AppSite[]): Router {
  const router = Router();
  // The short addresses of tickets and of joining; what follows '#' stays with the browser.
  router.get('/t', (_request, response) => {
    response.redirect(302, '/kiosk/t');
  });
  router.get('/q/:code', (request, response) => {
    response.redirect(302, `/kiosk/q/${encodeURIComponent(request.params.code)}`);
  });
  for (const { base, directory } of sites) {
    // Without its slash the address lies outside the service worker's scope and fails offline.
    router.get(base, (request, response, next) => {
      if (request.path === base) response.redirect(302, `${base}/${request.url.slice(base.length)}`);
      else next();
    });
    router.use(
      base,
      express.static(directory, {
        index: false,
        redirect: false,
        setHeaders: (response, path) => {
          if (path.includes(HASHED))
            response.setHeader('Cache-Control', `public, max-age=${YEAR_MS / 1_000}, immutable`);
          else if (UNHASHED.test(path)) response.setHeader('Cache-Control', 'no-cache');
          else response.setHeader('Cache-Control', 'public, max-age=3600');
        },
      }),
    );
    router.get([`${base}/`, `${base}/*splat`], (request, response, next) => {
      // A missing file is missing, and a hidden one; only addresses of pages get the app.
      if (/\/\.|\.[a-z0-9]+$/i.test(request.path)) next();
      else response.setHeader('Cache-Control', 'no-cache').sendFile('index.html', { root: directory });
    });
  }
  return router;
}
