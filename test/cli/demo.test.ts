import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseFlags } from '../../src/cli/args/parse-flags.ts';
import { run } from '../../src/cli/commands/demo.ts';
import { givenOf } from '../../src/cli/commands/train.ts';
import type { CommandIo } from '../../src/cli/terminal/io.ts';
import { attackSpec } from '../../src/options/attack.ts';
import { demoSpec } from '../../src/options/demo.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { trainSpec } from '../../src/options/train.ts';
import { prepareTraining } from '../../src/training/prepare-training.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

/** Runs the demo with commands that only leave what tells a training is done; it ends at the first attack. */
async function demo(outputDir: string, seed: number) {
  const performed: string[] = [];
  const perform: CommandIo['perform'] = async ([name, ...argv]) => {
    performed.push(name!);
    if (name === 'attack') {
      resolveOptions(attackSpec, { flags: parseFlags(attackSpec, argv).values });
      throw new Error('far enough');
    }
    const { options } = resolveOptions(trainSpec, { flags: parseFlags(trainSpec, argv).values });
    mkdirSync(options.outputDir, { recursive: true });
    const { identity } = await prepareTraining(givenOf(options, { access: {} }));
    writeFileSync(
      join(options.outputDir, 'run.json'),
      JSON.stringify({ command: 'train', options, identity }),
    );
    writeFileSync(join(options.outputDir, 'model.safetensors'), '');
  };
  const flags = new Map<string, unknown>(Object.entries({ outputDir, seed }));
  const { options, given } = resolveOptions(demoSpec, { flags });
  const { message } = await Promise.resolve(
    run(options, { ...memoryIo().io, given, argv: ['demo'], perform }),
  ).then(
    () => ({ message: '' }),
    (thrown: Error) => thrown,
  );
  return { performed, message };
}

test('the demo goes on with its own models, and refuses those of another seed', async () => {
  const folder = temporaryFolder();
  expect(await demo(folder, 42)).toEqual({ performed: ['train', 'attack'], message: 'far enough' });
  expect(await demo(folder, 42)).toEqual({ performed: ['attack'], message: 'far enough' });
  expect(await demo(folder, 7)).toEqual({
    performed: [],
    message: expect.stringContaining(
      'holds a model that was made otherwise (training.seed: 42 there, 7 now).',
    ),
  });
});
