// Each rule of .dependency-cruiser.cjs is broken once, in a tree of its own: a rule that no longer finds anything
// (a folder was renamed, a pattern has a hole) would otherwise look like a tree in order.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from './pnpm.mjs';
import { toolFile } from './process.mjs';

interface Rule {
  name: string;
}

const config = join(root, '.dependency-cruiser.cjs');
const rules = (createRequire(import.meta.url)(config) as { forbidden: Rule[] }).forbidden;

/** Rule → a file that breaks it, and what it imports. */
const BROKEN: Record<string, [file: string, imported: string]> = {
  resolvable: ['shared/src/queue/missing.ts', './nowhere.ts'],
  'shared-stands-alone': ['shared/src/queue/alone.ts', '../../../server/src/engine/execute.ts'],
  'shared-without-node': ['shared/src/queue/node.ts', 'node:fs'],
  'shared-ui-for-apps-alone': ['server/src/engine/screen.ts', '../../../shared/src/ui/button.ts'],
  'kernel-imports-no-capability': ['shared/src/kernel/up.ts', '../queue/rows.ts'],
  'capability-knows-no-client': ['shared/src/queue/client.ts', '../registry.ts'],
  'decide-and-commands-are-private': ['shared/src/queue/foreign.ts', '../directory/decide-presence.ts'],
  'apps-without-server': ['kiosk/src/server.ts', '../../server/src/engine/execute.ts'],
  'apps-without-each-other': ['kiosk/src/other.ts', '../../display/src/wall.ts'],
  'component-without-socket-or-store': ['kiosk/src/Screen.svelte', 'socket.io-client'],
  'drizzle-below-server': ['drizzle/schema/up.ts', '../../server/src/engine/execute.ts'],
  'database-at-its-edge': ['server/src/engine/sql.ts', 'postgres'],
  'adapters-chosen-by-main': ['server/src/engine/adapter.ts', '../adapters/clock.ts'],
  'http-and-sockets-in-transport': ['server/src/engine/http.ts', 'socket.io'],
  'product-without-tests': ['server/src/engine/testing.ts', '../../test/database.ts'],
  'platform-points-down': ['server/src/platform/up.ts', '../queue/rows.ts'],
  'directory-points-down': ['shared/src/directory/up.ts', '../queue/rows.ts'],
  'queue-points-down': ['shared/src/queue/beside.ts', '../messaging/rows.ts'],
  'messaging-points-down': ['shared/src/messaging/up.ts', '../booking/rows.ts'],
};
/** Capabilities that are still to come have a rule of the same make as those above. */
const TO_COME =
  /^(assets|documents|cash|billing|booking|banking|fulfilment|sales|exchange|insights|privacy)-points-down$/;

const INNOCENT = [
  ...['engine/execute', 'adapters/clock', 'queue/rows'].map((name) => `server/src/${name}.ts`),
  ...[
    'queue/rows',
    'messaging/rows',
    'booking/rows',
    'directory/decide-presence',
    'registry',
    'ui/button',
  ].map((name) => `shared/src/${name}.ts`),
  ...['server/test/database.ts', 'display/src/wall.ts'],
];

let tree = '';
let found: [rule: string, file: string][] = [];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'schalter-rules-'));
  symlinkSync(join(root, 'server', 'node_modules'), join(tree, 'node_modules'));
  for (const path of INNOCENT) write(path, 'export const a = 1;\n');
  for (const [path, imported] of Object.values(BROKEN)) {
    const code = `import * as it from '${imported}';\nexport const b = it;\n`;
    write(
      path,
      path.endsWith('.svelte') ? `<script lang="ts">\n${code.split('\n')[0]}\n</script>\n{it}\n` : code,
    );
  }
  // Two that need each other.
  write('shared/src/queue/hen.ts', `import { egg } from './egg.ts';\nexport const hen = () => egg;\n`);
  write('shared/src/queue/egg.ts', `import { hen } from './hen.ts';\nexport const egg = () => hen;\n`);
  // And what each may do.
  write('server/src/main.ts', `import { a } from './adapters/clock.ts';\nexport const m = a;\n`);
  write(
    'server/src/engine/postgres-store.ts',
    `import postgres from 'postgres';\nexport const s = postgres;\n`,
  );
  write('server/src/transport/sockets.ts', `import { Server } from 'socket.io';\nexport const s = Server;\n`);
  write('shared/src/messaging/down.ts', `import { a } from '../queue/rows.ts';\nexport const d = a;\n`);

  const { stdout } = spawnSync(
    process.execPath,
    [
      toolFile('.', 'dependency-cruiser', 'depcruise'),
      ...['--config', config, '--output-type', 'json'],
      ...['shared', 'server', 'drizzle', 'kiosk', 'display'],
    ],
    { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: Rule; from: string }[] } };
  found = summary.violations.map(({ rule, from }) => [rule.name, from]);
}, 60_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

it.each(Object.entries(BROKEN))('%s is found broken', (rule, [file]) => {
  expect(found).toContainEqual([rule, file]);
});

it('no-cycles is found broken', () => {
  expect(found.map(([rule]) => rule)).toContain('no-cycles');
});

it('what may be done is not complained of', () => {
  const guilty = new Set([...Object.values(BROKEN).map(([file]) => file)]);
  const innocent = found.filter(([rule, file]) => rule !== 'no-cycles' && !guilty.has(file));
  expect(innocent).toEqual([]);
});

it('every rule is among them', () => {
  const tried = new Set([...Object.keys(BROKEN), 'no-cycles']);
  expect(rules.map(({ name }) => name).filter((name) => !tried.has(name) && !TO_COME.test(name))).toEqual([]);
});
