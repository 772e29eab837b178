import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeWholeModel } from '../inference/whole-model.ts';
import { bundleCli, startCli } from './child-cli.ts';

let cli: Awaited<ReturnType<typeof bundleCli>>;
let folder: string;
beforeAll(async () => {
  cli = await bundleCli();
  folder = mkdtempSync(join(tmpdir(), 'vda-serve-'));
  writeWholeModel(folder);
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true });
});

/** `vda serve` in a process of its own, and a request of which it has the first half. */
async function serving(...argv: readonly string[]) {
  const { child, ended } = startCli(cli.main, [
    'serve',
    folder,
    '--port',
    '0',
    '--num-threads',
    '1',
    ...argv,
  ]);
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data) => resolve(String(data))),
  );
  const { hostname, port } = new URL(/^\S+/.exec(line)![0]);
  const socket = connect(Number(port), hostname);
  const said = textOf(socket).catch(() => '');
  socket.on('error', () => {});
  const body = '{"text": "a good film"}';
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  const metrics = `http://${hostname}:${port}/metrics`;
  while (!(await (await fetch(metrics)).text()).includes('vda_open_requests 2\n')); // with this one
  return { child, ended, said, sendRest: () => socket.write(body.slice(9)) };
}

describe('vda serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'at %s answers what is under way and exits with 0',
    async (signal) => {
      const { child, ended, said, sendRest } = await serving();
      child.kill(signal);
      await new Promise((resolve) => child.stderr!.once('data', resolve));
      sendRest();
      expect(await said).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*"LABEL_0"/);
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([0, expect.stringMatching(/Stopped after \d+ requests with 1 texts\./)]);
    },
  );

  test('at a second signal exits at once', async () => {
    const { child, ended } = await serving();
    child.kill('SIGTERM');
    await new Promise((resolve) => child.stderr!.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, signal: null });
  });

  test('cuts off what has no answer in the time to stop, says so, and does not exit with 0', async () => {
    const { child, ended, said } = await serving('--stop-timeout', '0.2');
    child.kill('SIGTERM');
    expect(await said).toBe('');
    const { code, stderr } = await ended;
    expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      143,
      expect.stringContaining('1 requests had no answer within the 0.2 s of --stop-timeout'),
    ]);
  });
});
