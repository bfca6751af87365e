// The running PostgreSQL of a data directory, seen from outside: is one there, whose is it, and how it is stopped.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
/** A fast shutdown writes a checkpoint first; an orphan may have minutes of work in memory. */
const ORPHAN_FAST_MS_MAX = 20_000;
/** An immediate shutdown only ends processes. */
const IMMEDIATE_MS_MAX = 5_000;

interface ProcessView {
  parentPid: number;
  command: string;
  /** Ended, but not collected by its parent: nothing of it runs any more. */
  zombie: boolean;
}

function viewLinux(pid: number): ProcessView | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets itself: the fields begin after the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parentPid: Number(parent), command, zombie: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

function viewPs(pid: number): ProcessView | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'ppid=,stat=,command=', '-p', `${pid}`], {
    encoding: 'utf8',
  });
  const match = /^\s*(\d+)\s+(\S+)\s+(.*)$/m.exec(stdout);
  if (status !== 0 || match === null) return undefined;
  const [, parent = '', state = '', command = ''] = match;
  return { parentPid: Number(parent), command, zombie: state.startsWith('Z') };
}

/** Windows keeps the parent's id after its death, and its task list knows no command lines. */
function viewWindows(pid: number, parentPid: number): ProcessView | undefined {
  const { stdout } = spawnSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], {
    encoding: 'utf8',
  });
  if (!stdout.includes(`"${pid}"`)) return undefined;
  return { parentPid: isRunning(parentPid) ? parentPid : 0, command: stdout, zombie: false };
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function viewProcess(pid: number, owner: number): ProcessView | undefined {
  if (process.platform === 'linux') return viewLinux(pid);
  return process.platform === 'win32' ? viewWindows(pid, owner) : viewPs(pid);
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');
export const ownerFile = (directory: string): string => join(directory, 'owner.pid');

/** The lines PostgreSQL keeps about itself: 1 pid, 4 port, 8 status. */
export function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(pidFile(cluster), 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function waitGone(pid: number, msMax: number): Promise<boolean> {
  const until = performance.now() + msMax;
  for (;;) {
    const view = isRunning(pid) ? viewProcess(pid, 0) : undefined;
    if (view === undefined || view.zombie) return true;
    if (performance.now() > until) return false;
    await sleep(POLL_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Asks a postmaster to end and waits until it has: first in good order (disconnects clients, writes everything),
 * then at once, which the next start repairs from the log.
 */
export async function stopPostmaster(pid: number, fastMsMax: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await waitGone(pid, fastMsMax)) return;
  signal(pid, 'SIGQUIT');
  if (await waitGone(pid, IMMEDIATE_MS_MAX)) return;
  signal(pid, 'SIGKILL');
  if (!(await waitGone(pid, IMMEDIATE_MS_MAX))) throw new Error(`PostgreSQL (process ${pid}) does not end.`);
}

/** Does this process stand in the data directory, as a postmaster does? Not always ours to see in a container. */
function standsIn(pid: number, cluster: string): boolean {
  try {
    const [there, here] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)];
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    return false;
  }
}

/**
 * Makes the data directory free to be started on. A server that was killed leaves its PostgreSQL running as an
 * orphan: that is stopped. One whose server lives is left alone, and this start refused.
 */
export async function freeDataDirectory(directory: string, cluster: string): Promise<void> {
  const pid = Number(readPidFile(cluster)[0] ?? 0);
  if (!(pid > 0)) return;
  const owner = existsSync(ownerFile(directory)) ? Number(readFileSync(ownerFile(directory), 'utf8')) : 0;
  const view = viewProcess(pid, owner);
  if (view === undefined) return;
  const isPostgres = view.command.includes('postgres');
  if (view.zombie || !isPostgres) {
    // The id went to another program (after a restart of the machine or container), or nobody collects the dead
    // (a container without an init): PostgreSQL would take either for its predecessor and refuse to start.
    rmSync(pidFile(cluster), { force: true });
    return;
  }
  const isOurs = process.platform === 'win32' || view.command.includes(cluster) || standsIn(pid, cluster);
  // Another PostgreSQL has the id. Ours is not to be guessed at: it judges by its shared memory, and says so.
  if (!isOurs) return;
  // A process whose parent dies gets another one, so this is true only while the server itself lives.
  if (view.parentPid === owner) {
    throw new Error(
      `Another server (process ${owner}) runs on the data in ${directory}. Stop it, or choose another DATA_DIR.`,
    );
  }
  await stopPostmaster(pid, ORPHAN_FAST_MS_MAX);
}
