// What ASVS asks of all code, looked for in all code that runs at a site: the apps, the server, what they share. Each
// exception is named with its reason, and one that nobody needs any more fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from './files.mjs';
import { root } from './pnpm.mjs';

const IN_USE = /^(server\/src|shared\/src|drizzle|kiosk\/src|display\/src|staff-pwa\/src)\//;
const NOT_IN_USE = /\.(test|spec|contract|testing)\.ts$|^drizzle\/migrations\//;
const files = sourceFiles()
  .filter((path) => IN_USE.test(path) && /\.(ts|svelte|html)$/.test(path) && !NOT_IN_USE.test(path))
  .map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''),
  }));

const filesWith = (pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

it('is read whole', () => {
  expect(files.length).toBeGreaterThan(200);
  expect(filesWith(/createServer\(/)).toContain('server/src/app.ts');
});

describe('text stays text', () => {
  it.each([
    [
      '[V1.3.1] no text becomes markup',
      /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc/,
      [],
    ],
    [
      '[V1.3.2] no text becomes code',
      /\beval\(|new Function\(|Function\('|set(Timeout|Interval)\(\s*['"`]|node:vm/,
      [],
    ],
    [
      '[V1.2.5] programs are started without a shell, and only to begin and end the embedded database',
      /child_process/,
      [
        'server/src/adapters/embedded-postgres.ts',
        'server/src/adapters/postgres-home.ts',
        'server/src/adapters/postmaster.ts',
      ],
    ],
    ['[V1.2.5] and nothing of them runs in a shell', /shell: true|\bexecSync\(|\bexec\(['"`]/, []],
    // What is typed is compared, never made into a pattern; the one that is built is built of constants.
    [
      '[V1.2.9] no pattern is made of what somebody types',
      /new RegExp\(/,
      ['server/src/transport/problem.ts'],
    ],
    [
      // A BroadcastChannel has one origin: the app's other windows.
      '[V3.5.5] no page listens to another window, but for those of the same app',
      /addEventListener\(\s*['"]message['"]|\.onmessage\s*=/,
      [
        'shared/src/ui/browser-windows.ts',
        // Its own service worker, after a press on a notice.
        'staff-pwa/src/lib/account/push.ts',
      ],
    ],
    [
      '[V3.7.2] no page leads to another place by itself',
      /window\.open\(|location\.(assign|replace)\(|location\.href\s*=|http-equiv="refresh"/,
      [],
    ],
  ])('%s', (_name, pattern, allowed) => {
    expect(filesWith(pattern)).toEqual(allowed);
  });

  it('[V1.2.4] statements are templates with parameters; text as it is goes to the database in named places alone', () => {
    expect(filesWith(/\.unsafe\(|sql\.raw\(|sql\.identifier\(/)).toEqual([
      // Roles, policies and functions, made of constants when the schema is migrated.
      'drizzle/islands.ts',
      // The values of an enumeration, from the schema itself.
      'drizzle/schema/columns.ts',
      'server/src/engine/postgres-store.ts',
      'server/src/engine/postgres-write.ts',
      // pg-boss' own statements, with their values apart.
      'server/src/jobs/boss.ts',
      'server/src/jobs/sealing.ts',
    ]);
  });

  it('[V3.7.2] the server redirects to its own addresses alone', () => {
    const targets = files.flatMap(({ text }) =>
      [...text.matchAll(/\.redirect\((?:\d+, )?(['"`][^,)]*)/g)].map(([, target]) => target ?? ''),
    );
    expect(targets.length).toBeGreaterThan(3);
    expect(targets.filter((target) => !/^(['"`]\/[^/]|`\$\{base\}\/|`\$\{publicUrl\()/.test(target))).toEqual(
      [],
    );
  });
});

describe('[V1.5.1] what is not there', () => {
  it('reads no XML, LDAP, LaTeX, GraphQL, memcache, YAML or objects of other languages', () => {
    const names = sourceFiles()
      .filter((path) => /^(shared|server|drizzle|kiosk|display|staff-pwa)\/package\.json$/.test(path))
      .flatMap((path) =>
        Object.keys((JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest).dependencies ?? {}),
      );
    expect(names.length).toBeGreaterThan(20);
    expect(
      names.filter((name) => /xml|ldap|latex|graphql|memcache|yaml|serialize|pickle|saml|oauth/.test(name)),
    ).toEqual([]);
    expect(filesWith(/DOMParser|XMLHttpRequest|XSLTProcessor/)).toEqual([]);
  });
});
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

describe('the server asks nobody that a caller names', () => {
  it('[V1.3.6] it asks the carrier, through its SDK, the mail server of its settings and browsers’ own services, and nobody else', () => {
    const outward =
      /\bfetch\(|^import (?!type)[^;]*'node:(?:https?|http2|net|tls|dgram)'|from 'twilio|from 'nodemailer|axios\.(get|post|create)/m;
    expect(filesWith(outward).filter((path) => path.startsWith('server/'))).toEqual([
      // A free port for the embedded database.
      'server/src/adapters/embedded-postgres.ts',
      // The mail server that the operator has named.
      'server/src/adapters/smtp-email.ts',
      // The carrier.
      'server/src/adapters/twilio-sms.ts',
      // The services of browser makers that are known, and those that the operator has named.
      'server/src/adapters/web-push.ts',
      // What the server listens with.
      'server/src/app.ts',
    ]);
  });

  it('[V15.3.2] no redirect of the carrier is followed: its SDK follows none unless it is told to', () => {
    expect(filesWith(/allowRedirects|maxRedirects|redirect: 'follow'/)).toEqual([]);
  });
});

describe('cryptography', () => {
  it('[V11.2.1] comes from Node and from argon2’s reference library', () => {
    const imports = files.flatMap(({ path, text }) =>
      /from '(crypto-js|bcryptjs|md5|js-sha|tweetnacl|node-forge|elliptic|jsrsasign)/.test(text)
        ? [path]
        : [],
    );
    expect(imports).toEqual([]);
  });

  it('[V11.4.1] hashes are SHA-256 or longer', () => {
    const hashes = files.flatMap(({ text }) =>
      [...text.matchAll(/create(?:Hash|Hmac)\(\s*'([^']+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(hashes.length).toBeGreaterThan(3);
    expect(hashes.filter((name) => !/^sha(256|384|512)$/.test(name))).toEqual([]);
    expect(filesWith(/create(?:Hash|Hmac)\((?!\s*'sha)/)).toEqual([]);
  });

  it('[V11.3.1] a cipher is AES-256-GCM, and no other but that of notices', () => {
    const ciphers = files.flatMap(({ text }) =>
      [...text.matchAll(/['"]((?:aes|des|rc4|bf|camellia|chacha)[a-z0-9-]*\d[a-z0-9-]*)['"]/gi)].map(
        ([, name]) => name ?? '',
      ),
    );
    // What a notice to a browser is encrypted with: RFC 8291 names this one alone, and its library does it.
    const notices = 'aes128gcm';
    expect(ciphers.filter((name) => name !== 'aes-256-gcm' && name !== notices)).toEqual([]);
  });

  it('[V11.5.1] what nobody may guess comes from node:crypto or the browser’s; other chance spreads devices alone', () => {
    // When a screen asks again, so that a house does not ask at once.
    expect(filesWith(/Math\.random\(/)).toEqual([
      'shared/src/ui/keep-up-to-date.ts',
      'shared/src/ui/socket-transport.ts',
    ]);
    expect(filesWith(/randomBytes\((?!1[2-9]\)|[2-9]\d\)|[A-Z_]+\))/)).toEqual([
      // The name of a folder.
      'server/src/adapters/postgres-home.ts',
    ]);
  });
});

describe('passwords', () => {
  it('[V6.2.6] [V6.2.7] are typed hidden, known to password managers, and may be pasted', () => {
    const fields = files.flatMap(({ path, text }) =>
      [...text.matchAll(/<input[^>]*type="password"[^>]*>/g)].map(([field]) => ({ path, field })),
    );
    const forManagers = fields.filter(({ field }) => /autocomplete="(current|new)-password"/.test(field));
    expect(forManagers.length).toBeGreaterThan(1);
    expect(filesWith(/onpaste=|on:paste|addEventListener\('paste'/)).toEqual([]);
  });
});
