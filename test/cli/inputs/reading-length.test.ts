import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readingLength } from '../../../src/cli/inputs/reading-length.ts';
import { main } from '../../../src/cli/main.ts';
import { createClassifier } from '../../../src/node-inference.ts';
import { loadClassifier } from '../../../src/pretrained/load-classifier.ts';
import { temporaryFolder } from '../../pretrained/folders.ts';
import { memoryIo } from '../memory-io.ts';
import { tinyTraining } from '../tiny-training.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

describe('a classifier that was trained to read 8 pieces', () => {
  it('reads 8 in eval, predict, attack and the library, unless told', async () => {
    const { folder, model, argv } = tinyTraining();
    const lengths = ['--max-seq-length', '8', '--max-steps', '2'];
    expect(await run(argv('run', ...lengths, '--save-strategy', 'steps', '--save-steps', '2'))).toMatchObject(
      {
        code: 0,
      },
    );
    const outputDir = join(folder, 'run');
    const config = JSON.parse(readFileSync(join(outputDir, 'config.json'), 'utf8'));
    expect(config.max_seq_length).toBe(8);
    const tokenizer = JSON.parse(readFileSync(join(outputDir, 'tokenizer_config.json'), 'utf8'));
    expect(tokenizer.model_max_length).toBe(20); // what it has positions for

    const classifier = await createClassifier(await loadClassifier(outputDir), { numThreads: 1 });
    expect(classifier.maxLength).toBe(8);
    await classifier.release();
    const told = await createClassifier(await loadClassifier(outputDir), { numThreads: 1, maxLength: 16 });
    expect(told.maxLength).toBe(16);
    await told.release();

    const long = 'the cast was awful and the plot was dull and sad and poor';
    const answer = async (from: string, ...more: readonly string[]) =>
      JSON.parse((await run(['predict', long, '--model', from, ...more])).stdout);
    const own = await answer(outputDir);
    expect(own).toMatchObject({ truncated: true });
    expect(await answer(outputDir, '--max-seq-length', '8')).toEqual(own);
    const whole = await answer(outputDir, '--max-seq-length', '20');
    expect(whole).not.toHaveProperty('truncated');
    expect(whole.logits).not.toEqual(own.logits);

    // Models of earlier versions say it in the run's record alone, which lies above a checkpoint.
    for (const saved of [outputDir, join(outputDir, 'checkpoint-2')]) {
      writeFileSync(join(saved, 'config.json'), JSON.stringify({ ...config, max_seq_length: undefined }));
      expect(await answer(saved)).toEqual(own);
    }
    const texts = join(folder, 'long.tsv');
    writeFileSync(texts, `text\tlabel\n${long}\tnegative\n`);
    const evaluated = await run(['eval', '--model', outputDir, '--test-file', texts]);
    expect(evaluated.stderr).toContain('1 texts were cut to 8 pieces');
    const attack = await run([
      ...['attack', '--model', outputDir, '--mlm', model, '--test-file', texts],
      ...['--output-dir', join(folder, 'attack'), '--num-threads', '1'],
    ]);
    expect([attack.code, attack.stderr]).toEqual([0, expect.stringMatching(/cut to 8/)]);
  });
});

describe('readingLength', () => {
  const model = (maxSeqLength: number | null) => ({
    folder: temporaryFolder(),
    config: { maxSeqLength } as Parameters<typeof readingLength>[1]['model']['config'],
  });
  const named = { maxSeqLength: 512, dataset: 'imdb' };

  it.each([
    ['what was asked for', named, ['maxSeqLength'], 256, 512],
    ['what the model was trained to read', named, [], 256, 256],
    ['what the data set asks for', named, [], null, 512],
    ['128', {}, [], null, 128],
  ] as const)('is %s before anything else', (_, options, given, trained, expected) => {
    const found = readingLength(options, { given: new Set<string>(given), model: model(trained) });
    expect(found.maxLength).toBe(expected);
    expect(found.remarks).toHaveLength(expected === 256 ? 1 : 0);
  });

  it('says where the training overrules a data set', () => {
    const { remarks } = readingLength(named, { given: new Set(), model: model(256) });
    expect(remarks[0]).toMatch(
      /cut to 256 pieces, as when the model was trained, not to the 512 of --dataset imdb/,
    );
  });
});
