import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { initialBytes, initialScripts } from './bundle-size.mjs';

let build = '';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(build, path)), { recursive: true });
  writeFileSync(join(build, path), text);
}

beforeEach(() => {
  build = mkdtempSync(join(tmpdir(), 'schalter-size-'));
  write(
    'index.html',
    `<link href="/kiosk/_app/immutable/chunks/preloaded.js" rel="modulepreload">
     <script>Promise.all([import("/kiosk/_app/immutable/entry/start.a.js"), import("/kiosk/_app/immutable/entry/app.b.js")])</script>`,
  );
  write(
    '_app/immutable/entry/start.a.js',
    'import{a as b}from"../chunks/shared.js";import"../chunks/effect.js";b();',
  );
  write(
    '_app/immutable/entry/app.b.js',
    'const n=[()=>import("../nodes/0.x.js")],d={"/":[2],"/help":[3]};export{n,d};',
  );
  write('_app/immutable/nodes/0.x.js', 'export const a=1');
  write('_app/immutable/nodes/1.x.js', 'export const a=2');
  write('_app/immutable/nodes/2.x.js', 'const l=()=>import("../chunks/later.js");export{l}');
  write('_app/immutable/nodes/3.x.js', 'export const a=4');
  write('_app/immutable/chunks/shared.js', 'export*from"./deep.js";export const a=()=>1');
  for (const name of ['preloaded', 'effect', 'deep', 'later'])
    write(`_app/immutable/chunks/${name}.js`, 'export{}');
});

afterEach(() => rmSync(build, { recursive: true }));

it('counts what the page, its modules and its first route load, and nothing that comes later', () => {
  expect(initialScripts(build).map((path) => path.replace('_app/immutable/', ''))).toEqual([
    'chunks/deep.js',
    'chunks/effect.js',
    'chunks/preloaded.js',
    'chunks/shared.js',
    'entry/app.b.js',
    'entry/start.a.js',
    'nodes/0.x.js',
    'nodes/1.x.js',
    'nodes/2.x.js',
  ]);
});

it('grows with what is loaded at the start alone', () => {
  const before = initialBytes(build);
  const noise = Array.from({ length: 5_000 }, (_, index) => index * 7_919).join();
  write('_app/immutable/chunks/later.js', `export const n="${noise}"`);
  expect(initialBytes(build)).toBe(before);
  write('_app/immutable/chunks/deep.js', `export const n="${noise}"`);
  expect(initialBytes(build)).toBeGreaterThan(before + 5_000);
});
