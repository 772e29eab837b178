import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { attemptWrite } from './attempt-write.ts';
import { checkJson } from './json-file.ts';
import { makeFolder } from './make-folder.ts';
import { isFolder } from './paths.ts';
import { isAlive, processIdentity, sameMachine, sameTask, thisProcess } from './process-identity.ts';

/** Name of the lock in a folder that a process works in. */
export const lockFile = '.vda.lock';

/** What a lock says of its owner. */
const ownerSchema = z.object({
  /** Of this lock alone: two locks of one process differ. */
  id: z.string(),
  process: processIdentity,
  /** What the owner does there, such as "a training". */
  work: z.string(),
  /** ISO date and time. */
  since: z.string(),
});
type Owner = z.output<typeof ownerSchema>;

/** Folders that the work under way holds: what it calls may claim them once more. */
const heldHere = new AsyncLocalStorage<ReadonlySet<string>>();

/** Locks of this process by folder, for its end: whatever ends it, there is one place that knows them. */
const held = new Map<string, Owner>();

/**
 * Does some work while no other process, and no other work of this one, can claim the folder (a file lock by exclusive
 * creation, for Node has no `flock`). What the work itself calls may claim it again. The folder is made where it is not
 * there, and goes with the lock where nothing was put into it.
 *
 * The lock is released when the work ends, and when the process ends by `process.exit` or a signal that can be caught. One
 * that a killed process of this machine has left is taken over, and one of an earlier try of the same task of a scheduler; of any
 * other process on another machine, or in another container, nobody here can say whether it lives, so the person is asked.
 *
 * @param options.work what is done there, for whoever comes second: "a training"
 * @param options.waitMs how long to wait for another that is at work, for work that takes a moment; default 0
 * @throws VdaError `conflict` naming who holds it and since when; `bad-input` where no lock can be written; `no-space`
 */
export function holdFolder<T>(
  folder: string,
  options: { readonly work: string; readonly waitMs?: number },
  act: () => T,
): T {
  if (existsSync(folder) && !isFolder(folder)) {
    throw new VdaError('bad-input', `${folder} is a file; expected a folder. Choose another output folder.`);
  }
  const made = attempt(folder, () => makeFolder(folder));
  const real = realpathSync(folder);
  const outer = heldHere.getStore() ?? new Set<string>();
  if (outer.has(real)) return act();
  const owner = claim(folder, options);
  keep(real, owner);
  const release = () => {
    releaseLock(real, owner);
    if (made !== undefined) removeEmpty(folder, { upTo: made });
  };
  return finallyDo(() => heldHere.run(new Set([...outer, real]), act), release);
}

/** Runs something that may give a promise; what is to be done afterwards is done once that has ended. */
function finallyDo<T>(act: () => T, afterwards: () => void): T {
  let result: T;
  try {
    result = act();
  } catch (thrown) {
    afterwards();
    throw thrown;
  }
  if (result instanceof Promise) return result.finally(afterwards) as T;
  afterwards();
  return result;
}

/** How long others may be at taking over the lock of a dead process, which takes each a moment. */
const takeoverMs = 2000;
const pauseMs = 20;

function claim(folder: string, { work, waitMs = 0 }: Parameters<typeof holdFolder>[1]): Owner {
  const path = join(folder, lockFile);
  const owner: Owner = { id: randomUUID(), process: thisProcess(), work, since: new Date().toISOString() };
  const began = performance.now();
  const isOver = (ms: number) => performance.now() - began >= ms;
  while (!isOver(takeoverMs + waitMs)) {
    if (createWhole(path, owner)) return owner;
    const other = readOwner(path);
    if (other === undefined) continue; // released in between
    if (isAbandoned(other)) {
      if (takeOver(path, other)) continue;
    } else if (isOver(waitMs)) {
      throw inUse(folder, other);
    }
    sleep(pauseMs);
  }
  throw new VdaError(
    'conflict',
    `${folder} is being claimed by several processes at once; none could be given it. Run again, with one process a folder.`,
  );
}

/**
 * Removes the lock of a dead process. Only who holds the guard beside it may, so that the lock looked at is the lock
 * removed: else the second of two that found it abandoned would remove the first one's new lock.
 */
function takeOver(path: string, abandoned: Owner): boolean {
  const guard = `${path}.takeover`;
  const own: Owner = { ...abandoned, id: randomUUID(), process: thisProcess() };
  if (!createWhole(guard, own)) {
    const other = readOwner(guard);
    if (other !== undefined && isAbandoned(other)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (readOwner(path)?.id === abandoned.id) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Creates a lock with its content in one step; false where one is there. */
function createWhole(path: string, owner: Owner): boolean {
  const content = `${JSON.stringify(owner)}\n`;
  const temporary = `${path}.${owner.id}.tmp`;
  return attempt(path, () => {
    try {
      writeFileSync(temporary, content, { flag: 'wx' });
      linkSync(temporary, path);
      return true;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (code === 'ENOENT') {
        makeFolder(dirname(path)); // whoever made the folder has just left it, empty
        return false;
      }
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw thrown;
      return createDirectly(path, content); // a file system without hard links
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

function createDirectly(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Who holds a lock; undefined where it is gone. @throws VdaError `conflict` where the lock cannot be read */
function readOwner(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, messageOf(thrown));
  }
  const found = checkJson(text, ownerSchema);
  if (found.ok) return found.value;
  throw unreadable(path, text === '' ? 'it is empty' : `it does not say whose it is (${found.problem})`);
}

const unreadable = (path: string, reason: string): VdaError =>
  new VdaError(
    'conflict',
    `${path} is the lock of a process at work in that folder, but ${reason}. If no vda is at work there, remove the file and run again.`,
  );

/** Whether a lock's owner is known to be dead. */
const isAbandoned = ({ process }: Owner): boolean =>
  sameMachine(process) ? !isAlive(process) : sameTask(process);

function inUse(folder: string, { process: owner, work, since }: Owner): VdaError {
  const when = `since ${since.slice(0, 19).replace('T', ' ')} UTC`;
  if (!sameMachine(owner)) {
    return new VdaError(
      'conflict',
      `${folder} is claimed by ${work} (process ${owner.pid} on ${owner.host}, ${when}), on another machine or in another container: whether it is still at work cannot be seen from here. Wait until it ends or choose another folder; if it was killed, remove ${join(folder, lockFile)} and run again.`,
    );
  }
  const who = owner.pid === process.pid ? 'in this very process' : `process ${owner.pid} on this machine`;
  return new VdaError(
    'conflict',
    `${folder} is in use by ${work} (${who}, ${when}). Wait until it ends, stop it, or choose another folder.`,
  );
}

function keep(real: string, owner: Owner): void {
  if (held.size === 0) watchTheEnd();
  held.set(real, owner);
}

function releaseLock(real: string, owner: Owner): void {
  held.delete(real);
  if (held.size === 0) unwatchTheEnd();
  const path = join(real, lockFile);
  try {
    if (readOwner(path)?.id === owner.id) rmSync(path, { force: true });
  } catch {
    // a lock that can't be read is not this one; what the work threw must not be lost
  }
}

function releaseAll(): void {
  for (const [real, owner] of [...held]) releaseLock(real, owner);
}

const deadly = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where nobody else listens, the signal ends the process as it would have. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  releaseAll();
  process.kill(process.pid, signal);
}

function watchTheEnd(): void {
  process.on('exit', releaseAll);
  for (const signal of deadly) process.on(signal, onSignal);
}

function unwatchTheEnd(): void {
  process.off('exit', releaseAll);
  for (const signal of deadly) process.off(signal, onSignal);
}

/** Removes a folder and the empty ones around it, as far as `upTo`. */
function removeEmpty(folder: string, { upTo }: { readonly upTo: string }): void {
  const last = resolve(upTo);
  try {
    for (let path = resolve(folder); path.startsWith(last); path = dirname(path)) rmdirSync(path);
  } catch {
    // not empty
  }
}

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const attempt = <T>(path: string, work: () => T): T =>
  attemptWrite(
    work,
    (reason) =>
      `Could not write ${path}: ${reason}. Check the path, its permissions and the space on the disk.`,
  );
