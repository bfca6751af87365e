import { join } from 'node:path';
import { initialBytes, LIMITS_KB } from '../../scripts/bundle-size.mjs';
import { ensureBuilt, ROOT, type AppName } from '../lib/apps.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';

const APPS: readonly AppName[] = ['display', 'kiosk', 'staff-pwa'];
/** As the requirement counts: 1 kB is 1,000 bytes. */
const KB = 1_000;

export const sizes: Measurement = {
  key: 'sizes',
  takesS: 20,
  async measure() {
    await ensureBuilt(APPS);
    return APPS.map((app): Figure => {
      const kB = initialBytes(join(ROOT, app, 'build')) / KB;
      const limit = LIMITS_KB[app] ?? Number.NaN;
      return {
        name: `initial JavaScript of ${app}, gzip`,
        value: `${fixed(kB)} kB`,
        target: `≤ ${limit} kB`,
        ok: kB <= limit,
        details: [],
      };
    });
  },
};
