import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { once } from '../base/once.ts';

/** Schema of {@link ProcessIdentity}. */
export const processIdentity = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Where pids are counted: each container has numbers of its own. Undefined where the system has one space only. */
  pids: z.string().optional(),
  /** When it began, in the system's own words: tells it from a later process with a recycled pid. */
  started: z.string().optional(),
  /** The task of a scheduler that it is a try of; see {@link sameTask}. */
  job: z.string().optional(),
});

/** Which process, among all of all machines and times. */
export type ProcessIdentity = z.output<typeof processIdentity>;

/** This process. */
export const thisProcess = once(
  (): ProcessIdentity => ({
    pid: process.pid,
    host: hostname(),
    pids: ifKnown(() => readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid),
    job: process.env.VDA_JOB_ID || undefined,
  }),
);

/** Whether a process can be looked for from here. */
export const sameMachine = ({ host, pids }: ProcessIdentity): boolean =>
  host === hostname() && pids === thisProcess().pids;

/**
 * Whether a process is an earlier try of the task that this one is: the scheduler that set `VDA_JOB_ID` for both has begun this one
 * after that one had ended.
 */
export const sameTask = ({ job }: ProcessIdentity): boolean => job !== undefined && job === thisProcess().job;

/** Whether a process of this machine is still there; in doubt it is. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return now !== gone && (started === undefined || now === undefined || started === now);
}

const gone = 'gone';

/** When a process began; `gone` where it has ended and waits to be reaped; undefined where the system does not say. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return ifKnown(() => startOnLinux(pid));
  if (process.platform === 'win32') return undefined;
  return ifKnown(() => {
    const told = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return told.trim() || undefined;
  });
}

/** Clock ticks since boot, and which boot. See proc_pid_stat(5): the name, in parentheses, may hold any character. */
function startOnLinux(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0]!, fields[19]!];
  if (state === 'Z' || state === 'X') return gone;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
}

function ifKnown<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
