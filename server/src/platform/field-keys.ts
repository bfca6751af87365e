import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CredentialStore } from './credential-store.ts';
import { FieldCipher, newFieldKey, parseFieldKeys } from './field-encryption.ts';
import type { SealedStore } from './sealed-store.ts';

const FILE = 'field-keys';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * The keys of the configuration; without them those of a file in the data folder, which is made once. Never in the
 * database: whoever has a copy of it shall not have the keys as well.
 */
export function fieldCipherOf(config: {
  readonly fieldKeys: string | null;
  readonly dataDir: string;
}): FieldCipher {
  return new FieldCipher(parseFieldKeys(config.fieldKeys ?? keysOfFolder(config.dataDir)));
}

function keysOfFolder(dataDir: string): string {
  const path = join(dataDir, FILE);
  const made = `${path}.${process.pid}`;
  mkdirSync(dataDir, { recursive: true });
  try {
    // Written whole, then given its name: of two processes that start at once, both read the key of the first.
    writeFileSync(made, `${newFieldKey(1)}\n`, { mode: OWNER_ONLY, flush: true });
    linkSync(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(made, { force: true });
  }
  if ((statSync(path).mode & OTHERS) !== 0)
    throw new Error(
      `${path} can be read by others than its owner: chmod 600 it, and think of who has read it`,
    );
  return readFileSync(path, 'utf8')
    .trim()
    .split(/\s*[\n,]\s*/)
    .join(',');
}

/**
 * Each version's fingerprint is kept in the database by whoever starts with it first. A process that has another key
 * under a version in use does not start: it could open nothing, and nobody else what it seals.
 */
export async function checkFieldKeys(
  fields: FieldCipher,
  credentials: Pick<CredentialStore, 'secret' | 'dropSecret'>,
  sealed: Pick<SealedStore, 'byVersion'>,
): Promise<void> {
  const inUse = await sealed.byVersion();
  const ours = fields.fingerprints();
  for (const version of inUse.keys()) {
    if (!ours.has(version)) throw new Error(`field key ${version} is in use, and not among those configured`);
  }
  for (const [version, fingerprint] of ours) {
    const name = `fieldKey.${version}`;
    if ((await credentials.secret(name, () => fingerprint)) === fingerprint) continue;
    if (inUse.has(version))
      throw new Error(
        `field key ${version} is not the one that this database was written with; take FIELD_KEYS, or the file ${FILE} of the data folder, from where it was`,
      );
    await credentials.dropSecret(name);
    await credentials.secret(name, () => fingerprint);
  }
}
