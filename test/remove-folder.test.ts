import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeFolder } from './remove-folder.js';

it('removes a folder that a process still writes into for a while', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vda-removed-'));
  const writer = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    const [end, folder] = [Date.now() + 700, ${JSON.stringify(folder)}];
    for (let i = 0; Date.now() < end; i++) {
      try {
        mkdirSync(folder + '/Default', { recursive: true });
        writeFileSync(folder + '/Default/' + i, 'x');
      } catch {} // removed between the two
      if (i === 0) console.log('writing');
    }`;
  const child = spawn(process.execPath, ['-e', writer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await removeFolder(folder);
  await ended;
  await removeFolder(folder); // whatever it made since
  expect(existsSync(folder)).toBe(false);
});

it('says what it could not remove', async () => {
  await expect(removeFolder('a\0b', 2)).rejects.toThrow('null bytes');
});
