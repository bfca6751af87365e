import { Router } from 'express';

export interface LandingLink {
  readonly href: string;
  readonly title: string;
  readonly text: string;
}

/** The house's front page: where each screen is. In the demo it also says who may sign in. */
export function landing(links: readonly LandingLink[], signIns: readonly string[]): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache').type('html').send(page(links, signIns));
  });
  router.get('/landing.css', (_request, response) => {
    response.type('css').send(STYLE);
  });
  return router;
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const page = (links: readonly LandingLink[], signIns: readonly string[]): string => `<!doctype html>
<html lang="de-CH"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Schalter</title><link rel="stylesheet" href="/landing.css"></head>
<body><main><h1>Schalter</h1>
<ul>${links.map(({ href, title, text }) => `<li><a href="${escape(href)}"><b>${escape(title)}</b><span>${escape(text)}</span></a></li>`).join('')}</ul>
${signIns.length === 0 ? '' : `<h2>Anmeldungen der Demo</h2><pre>${signIns.map(escape).join('\n')}</pre>`}
</main></body></html>`;

const STYLE = `
:root { color-scheme: light dark; --paper: #FAFAF7; --surface: #FFFFFF; --ink: #12161C; --muted: #5B6470; --line: #DDE1E6; }
@media (prefers-color-scheme: dark) { :root { --paper: #0E1116; --surface: #171C23; --ink: #F3F5F7; --muted: #9AA4B1; --line: #2A313B; } }
* { box-sizing: border-box; margin: 0; }
body { font: 17px/1.4 Inter, system-ui, sans-serif; background: var(--paper); color: var(--ink); }
main { max-width: 720px; margin: 0 auto; padding: 72px 24px; }
h1 { font-size: 64px; letter-spacing: -.04em; line-height: 1; margin-bottom: 48px; }
h2 { font-size: 17px; margin: 48px 0 12px; }
ul { list-style: none; padding: 0; display: grid; gap: 12px; }
a { display: grid; gap: 4px; padding: 20px 24px; color: inherit; text-decoration: none; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
a:hover { border-color: var(--ink); } a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
b { font-weight: 640; } span { color: var(--muted); }
pre { font: 15px/1.7 ui-monospace, monospace; padding: 20px 24px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; overflow-x: auto; }
`;
