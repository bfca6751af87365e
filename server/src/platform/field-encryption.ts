import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/*
 * Fields that the database holds but shall not be able to read: AES-256-GCM, with a key of each organisation that is
 * derived from the installation's. What is sealed names the version of its key, so that a new key comes into force
 * while what is sealed with the one before stays readable.
 */

/** Where a value belongs. It opens there alone: a ciphertext that was moved to another row is no value at all. */
export interface Place {
  readonly organisationId: string;
  readonly table: string;
  readonly rowId: string;
  readonly column: string;
}

export interface FieldKey {
  readonly version: number;
  readonly key: Buffer;
}

const KEY_BYTES = 32;
/** 96 bits, as NIST SP 800-38D asks; by chance, 2^32 values of one organisation and key are safe. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v([1-9]\d{0,5})\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/;

/** "2:<base64>,1:<base64>": the first seals, all open; each key is 32 random bytes. */
export function parseFieldKeys(text: string): readonly FieldKey[] {
  const keys = text.split(',').map((part) => {
    const [, version = '', encoded = ''] = /^\s*([1-9]\d{0,5}):([\w+/=-]+)\s*$/.exec(part) ?? [];
    return { version: Number(version), key: Buffer.from(encoded, 'base64') };
  });
  // What is wrong is said without what was given: it is a secret.
  if (keys.some(({ key }) => key.length !== KEY_BYTES))
    throw new Error('each field key is a version, a colon and 32 bytes in base64: 2:…,1:…');
  if (new Set(keys.map(({ version }) => version)).size < keys.length)
    throw new Error('field keys have each a version of their own');
  return keys;
}

export const newFieldKey = (version: number): string =>
  `${version}:${randomBytes(KEY_BYTES).toString('base64')}`;

/** Seals and opens fields. What does not open was changed, moved, or sealed with a key that is not here: a bug throws. */
export class FieldCipher {
  readonly #keys: readonly FieldKey[];
  readonly #derived = new Map<string, Buffer>();

  constructor(keys: readonly FieldKey[]) {
    if (keys.length === 0) throw new Error('no field key');
    this.#keys = keys;
  }

  /** `v2.<iv>.<tag>.<data>`, each part base64url. */
  seal(plain: string, place: Place): string {
    const { version } = this.#first();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#derive(version, place.organisationId, 'field'), iv, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(aad(version, place));
    const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `v${version}.${[iv, cipher.getAuthTag(), data].map((part) => part.toString('base64url')).join('.')}`;
  }

  open(sealed: string, place: Place): string {
    const [, version = '', iv = '', tag = '', data = ''] = SEALED.exec(sealed) ?? [];
    try {
      const key = this.#derive(Number(version), place.organisationId, 'field');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(aad(Number(version), place));
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString(
        'utf8',
      );
    } catch {
      throw new Error(
        `${place.table}.${place.column}: a sealed value of key ${version || '?'} does not open`,
      );
    }
  }

  /**
   * Sealed with an older key than the one in front. A newer one stands: while several processes are given a new key one
   * after another, those that only open it yet must not undo what the others seal.
   */
  needsResealing(sealed: string): boolean {
    return (versionOf(sealed) ?? 0) < this.#first().version;
  }

  /**
   * What a sealed column is searched by: equal values of one column and organisation have equal indexes, and without the
   * key nobody can try values. It is written with the key in front; while a rotation is under way, look for all of
   * `blindIndexes`.
   */
  blindIndex(value: string, place: Omit<Place, 'rowId'>): string {
    return this.#indexOf(this.#first().version, value, place);
  }

  blindIndexes(value: string, place: Omit<Place, 'rowId'>): readonly string[] {
    return this.#keys.map(({ version }) => this.#indexOf(version, value, place));
  }

  /** Says which keys these are without saying anything about them: two processes with different ones must not start. */
  fingerprints(): ReadonlyMap<number, string> {
    return new Map(
      this.#keys.map(({ version }) => [
        version,
        this.#derive(version, '', 'fingerprint').toString('base64url'),
      ]),
    );
  }

  #first(): FieldKey {
    return this.#keys[0] as FieldKey;
  }

  #indexOf(version: number, value: string, { organisationId, table, column }: Omit<Place, 'rowId'>): string {
    const hmac = createHmac('sha256', this.#derive(version, organisationId, 'blind index'));
    return `v${version}.${hmac.update(JSON.stringify([table, column, value])).digest('base64url')}`;
  }

  #derive(version: number, organisationId: string, use: string): Buffer {
    const name = JSON.stringify([version, organisationId, use]);
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const master = this.#keys.find((key) => key.version === version);
    if (master === undefined) throw new Error(`field key ${version} is not configured`);
    const derived = Buffer.from(hkdfSync('sha256', master.key, organisationId, `schalter ${use}`, KEY_BYTES));
    this.#derived.set(name, derived);
    return derived;
  }
}

/** The version of the key that a value was sealed with; null for what is not sealed. */
export const versionOf = (sealed: string): number | null => {
  const version = SEALED.exec(sealed)?.[1];
  return version === undefined ? null : Number(version);
};

const aad = (version: number, { organisationId, table, rowId, column }: Place): Buffer =>
  Buffer.from(JSON.stringify([version, organisationId, table, rowId, column]));
