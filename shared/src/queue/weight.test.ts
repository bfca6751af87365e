import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** The modules that a file loads when it runs; imports of types are gone by then. */
function loads(file: string, seen: Set<string> = new Set()): Set<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, what, from = ''] of text.matchAll(/^(?:import|export) ([^;]*?)from '([^']+)';/gms)) {
    if (what?.startsWith('type ') === true || seen.has(from)) continue;
    if (!from.startsWith('.')) {
      seen.add(from);
      continue;
    }
    const path = join(dirname(file), from);
    if (seen.has(path)) continue;
    seen.add(path);
    loads(path, seen);
  }
  return seen;
}

const here = import.meta.dirname;

it.each(['select.ts', 'estimate.ts', 'guards.ts', 'moves.ts', 'opening.ts'])(
  '[Q55] %s brings no zod to a wall, a kiosk or a phone',
  (name) => {
    const loaded = loads(join(here, name));
    expect([...loaded].filter((module) => !module.startsWith('/'))).not.toContain('zod');
    expect([...loaded].filter((module) => module.endsWith('rows.ts'))).toEqual([]);
  },
);

it('[Q55] and the way of looking would see it', () => {
  expect([...loads(join(here, 'rows.ts'))]).toContain('zod');
});
