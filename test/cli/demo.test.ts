import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseFlags } from '../../src/cli/args/parse-flags.ts';
import { run } from '../../src/cli/commands/demo.ts';
import { demoAccuracy } from '../../src/cli/commands/demo-accuracy.ts';
import { demoModels } from '../../src/cli/commands/demo-models.ts';
import { nextCommands } from '../../src/cli/commands/demo-next.ts';
import { givenOf } from '../../src/cli/commands/train.ts';
import type { CommandIo } from '../../src/cli/terminal/io.ts';
import { attackSpec } from '../../src/options/attack.ts';
import { demoSpec } from '../../src/options/demo.ts';
import { evalSpec } from '../../src/options/eval.ts';
import { predictSpec } from '../../src/options/predict.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { trainSpec } from '../../src/options/train.ts';
import { prepareTraining } from '../../src/training/prepare-training.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the demo with commands that only leave what tells a training is done; it ends at the first attack. */
async function demo(outputDir: string, seed: number) {
  const performed: string[] = [];
  const perform: CommandIo['perform'] = async ([name, ...argv]) => {
    performed.push(name!);
    if (name === 'attack') {
      resolveOptions(attackSpec, { flags: parseFlags(attackSpec, argv).values });
      throw new Error('far enough');
    }
    if (name === 'eval') {
      const { options } = resolveOptions(evalSpec, { flags: parseFlags(evalSpec, argv).values });
      mkdirSync(options.outputDir!, { recursive: true });
      writeFileSync(join(options.outputDir!, 'eval.json'), '{}');
      const answer = { id: 0, label: 'positive', prediction: 'positive' };
      writeFileSync(join(options.outputDir!, 'predictions.jsonl'), `${JSON.stringify(answer)}\n`);
      return;
    }
    const { options } = resolveOptions(trainSpec, { flags: parseFlags(trainSpec, argv).values });
    mkdirSync(options.outputDir, { recursive: true });
    const { identity } = await prepareTraining(await givenOf(options, { access: {} }));
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
  expect(await demo(folder, 42)).toEqual({ performed: ['train', 'eval', 'attack'], message: 'far enough' });
  expect(await demo(folder, 42)).toEqual({ performed: ['attack'], message: 'far enough' });
  expect(await demo(folder, 7)).toEqual({
    performed: [],
    message: expect.stringContaining(
      'holds a model that was made otherwise (training.seed: 42 there, 7 now).',
    ),
  });
});

test('the commands that the demo names for later are understood', () => {
  const commands = nextCommands({
    ...{ model: 'assets/model', trained: 'vda-demo/freelb', folder: 'freelb' },
    method: ['--preset', 'robust'],
  });
  const read: Readonly<Record<string, (argv: readonly string[]) => unknown>> = {
    predict: (argv) => resolveOptions(predictSpec, { flags: parseFlags(predictSpec, argv).values }),
    attack: (argv) => resolveOptions(attackSpec, { flags: parseFlags(attackSpec, argv).values }),
    train: (argv) => resolveOptions(trainSpec, { flags: parseFlags(trainSpec, argv).values }),
  };
  expect(commands.map(([name]) => name)).toEqual(['predict', 'attack', 'train', 'attack']);
  for (const [name, ...argv] of commands) expect(() => read[name!]!(argv)).not.toThrow();
});

test('the page takes the models of the demo where none are named', () => {
  const folder = temporaryFolder();
  const page = () =>
    spawnSync(process.execPath, [join(root, 'scripts/ts.mjs'), join(root, 'page/build/main.ts')], {
      cwd: folder,
      encoding: 'utf8',
    });
  for (const model of demoModels) {
    const run = join(demoSpec.schema.parse({}).outputDir, model.folder);
    expect(page()).toMatchObject({ status: 1, stderr: expect.stringContaining(`no model in ${run}.`) });
    mkdirSync(join(folder, run), { recursive: true });
    writeFileSync(join(folder, run, 'config.json'), '{}');
  }
});

test('accuracy is told apart by kind of review, each with its interval', () => {
  const reviews = ['plain', 'implied', 'plain', 'plain'].map((kind) => JSON.stringify({ kind }));
  const predictions = [0, 1, 2, 3].map((id) =>
    JSON.stringify({ id, label: 'positive', prediction: id < 2 ? 'negative' : 'positive' }),
  );
  // Wilson's intervals of 2 of 4, 2 of 3 and 0 of 1.
  expect(demoAccuracy({ predictions: predictions.join('\n'), reviews: `${reviews.join('\n')}\n` })).toBe(
    'right on 50.0 % [15.0, 85.0] of 4 test reviews; on 66.7 % [20.8, 93.9] of 3 that say what they think, on 0.0 % [0.0, 79.3] of 1 that imply it.',
  );
});
