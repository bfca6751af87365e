import { join } from 'node:path';
import { buildApps } from '../../scripts/build.mjs';

export const ROOT = join(import.meta.dirname, '..', '..');
export type AppName = 'display' | 'kiosk' | 'staff-pwa';

/** What is measured in a browser is what is built from the sources of now. */
export async function ensureBuilt(apps: readonly AppName[]): Promise<void> {
  const failed = await buildApps({ apps: [...apps] });
  if (failed.length > 0) throw new Error(`not built: ${failed.join(', ')}`);
}
