import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

const long = 'x'.repeat(1e5);

/** What is printed for a command line; with a configuration file of this content. */
async function said(argv: readonly string[], config?: object): Promise<string> {
  const { io, written } = memoryIo();
  const file = join(temporaryFolder(), 'config.json');
  writeFileSync(file, JSON.stringify(config ?? {}));
  await main([...argv, ...(config === undefined ? [] : ['--config', file])], io);
  return written.stderr;
}

describe('messages about what was typed', () => {
  it.each<[string, readonly string[], object?]>([
    ['a long command', [long]],
    ['a long option', ['eval', `--${long}`]],
    ['a long argument', ['eval', long]],
    ['a long choice', ['attack', '--recipe', long]],
    ['a long key', ['eval'], { [long]: 1 }],
    ['a long value', ['train'], { strategy: long }],
    ['a long list', ['train'], { labels: Array.from({ length: 1e4 }, () => 'a') }],
    ['many keys', ['eval'], Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [`key${i}`, 1]))],
    ['a long path', ['eval', '--model', `./${long}`, '--test-file', 'x.tsv']],
  ])('are cut: %s', async (_, argv, config) => {
    const message = await said(argv, config);
    expect(message).toMatch(/^error:\s/);
    expect(message.length).toBeLessThan(5000);
  });

  it.each(['toString', '__proto__', 'constructor'])('know no inherited name: %s', async (name) => {
    expect(await said(['eval', `--${name}`, '1'])).toContain(`unknown option --${name}`);
    expect(await said(['eval'], JSON.parse(`{"${name}":1}`))).toContain(`unknown key ${name}`);
    expect(await said([name])).toContain(`unknown command ${name}`);
    expect(await said(['eval', '--dataset', name])).toMatch(/--dataset: expected one of/);
  });
});
