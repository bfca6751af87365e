import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Two years, as browsers' own lists ask for; a house has a host name of its own, so below it there is nothing else. */
const HSTS = { maxAge: 2 * 365 * 86_400, includeSubDomains: true };

/** What the screens use, and nothing else: printers and code readers, a kiosk that stays awake, passkeys, the chime. */
const OWN = [
  ...['autoplay', 'camera', 'fullscreen', 'screen-wake-lock', 'serial', 'usb'],
  ...['publickey-credentials-create', 'publickey-credentials-get'],
];
const NOBODYS = [
  ...[
    'accelerometer',
    'display-capture',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
  ],
  ...['local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'storage-access'],
  ...['window-management', 'xr-spatial-tracking'],
];
const PERMISSIONS_POLICY = [
  ...OWN.map((name) => `${name}=(self)`),
  ...NOBODYS.map((name) => `${name}=()`),
].join(', ');

/** An answer of the API is data: opened as a page it runs nothing, loads nothing and is framed by nobody. */
const DATA_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** On every answer. `scripts` are the hashes of the few inline scripts that the built pages begin with. */
export const securityHeaders = (scripts: () => readonly string[], isHttps: boolean): RequestHandler[] => [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: [() => ["'self'", ...scripts()].join(' ')],
        // Svelte sets widths and colours as style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    // An address in a branch's own network may have no https; a browser that was told once would not go back.
    strictTransportSecurity: isHttps ? HSTS : false,
  }),
  (_request, response, next) => {
    response.setHeader('Permissions-Policy', PERMISSIONS_POLICY);
    next();
  },
];

/** The same for what Socket.IO answers itself, where a proxy lets no WebSocket through; it says no-store by itself. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': DATA_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** What is somebody's own is kept by nobody on the way, and is no page. */
export const dataHeaders: RequestHandler = (_request, response, next) => {
  response.set(DATA_HEADERS).setHeader('Cache-Control', 'no-store');
  next();
};
