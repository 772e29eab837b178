import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import { onnxDtypes } from '../../src/inference/onnx-dtypes.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from '../training/runs.ts';
import { memoryIo } from './memory-io.ts';
import { trainingTable } from './tiny-training.ts';

const sentences = [
  'the film was great',
  'a dull plot and a bad cast',
  'it was a lovely scene',
  'so sad, not good',
];

describe('a RoBERTa of our own', () => {
  it('is pre-trained from texts, fine-tuned with VDA and attacked', async () => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    const vda = async (command: string, ...argv: readonly string[]) => {
      const { io, written } = memoryIo();
      expect(await main([command, ...argv, '--num-threads', '1'], io), written.stderr).toBe(0);
      return written;
    };
    writeFileSync(
      path('texts.txt'),
      Array.from({ length: 240 }, (_, i) => `${sentences[(i * 7) % 4]}.\n`).join(''),
    );
    await vda(
      'pretrain',
      ...['--architecture', 'roberta', '--train-files', path('texts.txt'), '--output-dir', path('mlm')],
      ...['--vocab-size', '340', '--hidden-size', '16', '--intermediate-size', '32'],
      ...['--num-hidden-layers', '1', '--max-seq-length', '16', '--per-device-train-batch-size', '8'],
      ...['--max-steps', '60', '--logging-steps', '20', '--learning-rate', '1e-2', '--dropout', '0'],
    );
    const losses = metricsOf(path('mlm')).flatMap(({ loss }) => loss ?? []);
    expect(losses.at(-1)!).toBeLessThan(0.85 * losses[0]!);
    const maskedLm = await loadMaskedLm(path('mlm'));
    expect(maskedLm.config).toMatchObject({ modelType: 'roberta', architectures: ['RobertaForMaskedLM'] });
    expect(maskedLm.architecture.positions(maskedLm.config)).toBe(16); // of a table with 18 rows
    const { encode, tokenOf } = maskedLm.tokenizer;
    expect(encode(' film').ids.map(tokenOf)).toEqual(['<s>', 'Ġfilm', '</s>']);

    writeFileSync(path('train.tsv'), trainingTable);
    await vda(
      'train',
      ...['--model', path('mlm'), '--train-file', path('train.tsv'), '--output-dir', path('vda'), '--vda'],
      ...['--mixture', 'logit', '--max-steps', '30', '--learning-rate', '1e-2'],
      ...['--per-device-train-batch-size', '4'],
    );
    const steps = metricsOf(path('vda'));
    expect(steps.every(({ loss, reg }) => Number.isFinite(loss) && reg! > 0)).toBe(true);
    expect(steps.at(-1)!.ce!).toBeLessThan(steps[0]!.ce!);
    const { config } = await loadClassifier(path('vda'));
    expect(config.architectures).toEqual(['RobertaForSequenceClassification']);
    expect(readFileSync(path(`vda/${onnxDtypes.fp32.file}`)).length).toBeGreaterThan(0);

    await vda(
      'attack',
      ...['--model', path('vda'), '--test-file', path('train.tsv'), '--output-dir', path('attack')],
      ...['--similarity', 'none', '--antonyms', 'none', '--stop-words', 'none'],
    );
    const records: AttackRecord[] = readFileSync(path('attack/results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const changes = records.flatMap((record) => record.changes);
    expect(changes.length).toBeGreaterThan(0);
    // Pieces with a space in front, shown without it: of these sentences' words, single letters and the like.
    for (const { to } of changes) expect(to).toMatch(/^\W*\w+\W*$/);
  });
});
