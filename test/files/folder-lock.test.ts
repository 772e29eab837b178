import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdFolder, lockFile } from '../../src/files/folder-lock.ts';
import { bundleModule } from '../bundle-module.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

let module: Awaited<ReturnType<typeof bundleModule>>;
beforeAll(async () => {
  module = await bundleModule('files/folder-lock.ts');
});
afterAll(() => module.remove());

const work = { work: 'a test' };
const conflict = (message: RegExp) =>
  expect.objectContaining({ code: 'conflict', message: expect.stringMatching(message) });
const claim = (folder: string) => () => holdFolder(folder, work, () => 'mine');

const headOf = (folder: string): string =>
  `const folder = ${JSON.stringify(folder)}; const { holdFolder } = await import(${JSON.stringify(module.path)});`;

/** A process that runs a script in which `holdFolder` and `folder` are known; resolved once it says something. */
async function processWith(folder: string, script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `${headOf(folder)}\n${script}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

const holding = `setInterval(() => {}, 1000); // keeps the process alive
await holdFolder(folder, { work: 'a test' }, () => { console.log('held'); return new Promise(() => {}); });`;

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  const ended = once(child, 'exit');
  child.kill(signal);
  return ended;
}

/** The lock of a living process, changed. */
function writeLock(folder: string, change: (owner: { process: Record<string, unknown> }) => void): void {
  let text = '';
  holdFolder(folder, work, () => {
    text = readFileSync(join(folder, lockFile), 'utf8');
  });
  const owner = JSON.parse(text);
  change(owner);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, lockFile), JSON.stringify(owner));
}

describe('holdFolder', () => {
  it('refuses a second process, and lets it in once the first has ended', async () => {
    const folder = temporaryFolder();
    const child = await processWith(folder, holding);
    expect(claim(folder)).toThrow(
      conflict(
        new RegExp(`in use by a test \\(process ${child.pid} on this machine, since \\d{4}-.* UTC\\)`),
      ),
    );
    await end(child, 'SIGTERM');
    expect(readdirSync(folder)).toEqual([]);
    expect(claim(folder)()).toBe('mine');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'lets go at %s, by which the process still ends',
    async (signal) => {
      const folder = temporaryFolder();
      expect(await end(await processWith(folder, holding), signal)).toEqual([null, signal]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('lets go at process.exit, and where the work throws', async () => {
    const folder = temporaryFolder();
    const child = await processWith(
      folder,
      `holdFolder(folder, { work: 'a test' }, () => { console.log('held'); process.exit(3); });`,
    );
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(3);
    const failing = () =>
      holdFolder(folder, work, () => {
        throw new Error('failed');
      });
    expect(failing).toThrow('failed');
    await expect(holdFolder(folder, work, () => Promise.reject(new Error('late')))).rejects.toThrow('late');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over from a process that was killed', async () => {
    const folder = temporaryFolder();
    await end(await processWith(folder, holding), 'SIGKILL');
    expect(existsSync(join(folder, lockFile))).toBe(true);
    expect(claim(folder)()).toBe('mine');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over where another process has the dead one’s number', () => {
    const folder = temporaryFolder();
    writeLock(folder, (owner) => {
      owner.process.pid = process.ppid;
      owner.process.started = 'at another time';
    });
    expect(claim(folder)()).toBe('mine');
  });

  it.each([
    ['machine', { host: 'node-7' }],
    ['container', { pids: 'pid:[1]' }],
  ])('says who holds it and how to remove the lock, where that is another %s', (_, other) => {
    const folder = temporaryFolder();
    writeLock(folder, (owner) => Object.assign(owner.process, other));
    expect(claim(folder)).toThrow(
      conflict(/claimed by a test \(process \d+ on .*, since .* UTC\).*remove .*\.vda\.lock and run again/),
    );
  });

  it('lets the next try of the same task take over on another machine, and no other task', () => {
    const folder = temporaryFolder();
    const tried = (job: string) => {
      const script = `try { holdFolder(folder, { work: 'a try' }, () => console.log('held')); } catch ({ code }) { console.log(code); }`;
      return execFileSync(process.execPath, ['--input-type=module', '-e', `${headOf(folder)}\n${script}`], {
        env: { ...process.env, VDA_JOB_ID: job },
        encoding: 'utf8',
      }).trim();
    };
    const lockElsewhere = () =>
      writeLock(folder, ({ process }) => Object.assign(process, { host: 'node-7', job: 'attack-1/3' }));
    lockElsewhere();
    expect(tried('attack-1/4')).toBe('conflict');
    expect(tried('')).toBe('conflict');
    expect(tried('attack-1/3')).toBe('held');
  });

  it.each(['', '{', '[]', '{"id":"a","process":{"pid":-1,"host":"x"}}'])(
    'names a lock that can’t be read: %s',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, lockFile), text);
      expect(claim(folder)).toThrow(conflict(/\.vda\.lock is the lock of a process .* remove the file/));
    },
  );

  it('is for one at a time where several processes find the lock of a dead one', async () => {
    const folder = temporaryFolder();
    await end(await processWith(folder, holding), 'SIGKILL');
    // Each claims until it has worked twice; a folder that can't be made means that two were at work.
    const script = `const { mkdirSync, rmdirSync, existsSync } = await import('node:fs');
      console.log('ready');
      let [worked, overlaps] = [0, 0];
      const until = Date.now() + 20000;
      while (worked < 2 && Date.now() < until) {
        try {
          await holdFolder(folder, { work: 'a test' }, async () => {
            try { mkdirSync(folder + '/busy'); } catch { overlaps++; return; }
            await new Promise((resolve) => setTimeout(resolve, 2));
            rmdirSync(folder + '/busy');
            worked++;
          });
        } catch (error) {
          if (error.code !== 'conflict') throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()));
      }
      process.exit(overlaps > 0 ? 1 : worked === 2 ? 0 : 2);`;
    const children = await Promise.all(Array.from({ length: 6 }, () => processWith(folder, script)));
    const codes = await Promise.all(
      children.map(async (child) => child.exitCode ?? (await once(child, 'exit'))[0]),
    );
    expect(codes).toEqual(children.map(() => 0));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may be claimed again by the work itself, but not by other work of the process', async () => {
    const folder = temporaryFolder();
    const ended = holdFolder(folder, work, async () => {
      await Promise.resolve();
      return holdFolder(folder, work, () => existsSync(join(folder, lockFile)));
    });
    expect(claim(folder)).toThrow(conflict(/in this very process/));
    expect(await ended).toBe(true);
    expect(claim(folder)()).toBe('mine');
  });

  it('waits where told so', async () => {
    const folder = temporaryFolder();
    const child = await processWith(
      folder,
      `await holdFolder(folder, { work: 'a test' }, () => { console.log('held'); return new Promise((end) => setTimeout(end, 100)); });`,
    );
    expect(holdFolder(folder, { ...work, waitMs: 10_000 }, () => 'mine')).toBe('mine');
    if (child.exitCode === null) await once(child, 'exit');
  });

  it('leaves no folder that it made and nothing was put into', () => {
    const folder = temporaryFolder();
    expect(claim(join(folder, 'new', 'deep'))()).toBe('mine');
    expect(readdirSync(folder)).toEqual([]);
    holdFolder(join(folder, 'new'), work, () => writeFileSync(join(folder, 'new', 'file'), ''));
    expect(readdirSync(folder)).toEqual(['new']);
  });
});
