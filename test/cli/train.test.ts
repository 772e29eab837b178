import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { metricsOf } from '../training/runs.ts';
import { tinyVocabulary, writeTinyModel } from '../training/tiny-model.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining, trainingTable } from './tiny-training.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

describe('vda train', () => {
  it('trains with VDA, saves what anybody can load, and reports as JSON', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    const outputDir = join(folder, 'run');
    const sets = ['--validation-file', trainFile, '--test-file', trainFile];
    const { code, stdout, stderr } = await run(argv('run', '--vda', '--top-k', '8', ...sets));
    expect(stderr).toContain('train.tsv: 12 examples');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ outputDir, steps: 12 });
    expect(report.testAccuracy).toBe(report.validationAccuracy);
    expect(report.testLoss).toBeCloseTo(report.validationLoss, 6);

    expect(readdirSync(outputDir)).toEqual(
      expect.arrayContaining([
        ...['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json', 'vocab.txt'],
        ...['run.json', 'metrics.jsonl', 'candidates.bin', 'runs', 'checkpoint-12'],
      ]),
    );
    const record = JSON.parse(readFileSync(join(outputDir, 'run.json'), 'utf8'));
    expect(record).toMatchObject({ command: 'train', options: { vda: true, mixture: 'logit', seed: 42 } });
    expect(Object.keys(record.data)).toEqual(['trainFile', 'validationFile', 'testFile']);
    expect(metricsOf(outputDir).filter(({ loss }) => loss !== undefined)).toHaveLength(12);
    const readme = readFileSync(join(outputDir, 'README.md'), 'utf8');
    const shown = (100 * report.testAccuracy).toFixed(1);
    expect(readme).toContain(`| train.tsv | validation, which may have chosen the checkpoint | ${shown} % |`);
    expect(readme).toContain(`| train.tsv | test, which decided nothing | ${shown} % |`);
    expect(readme).toContain('| preset | default |');
    const { config, tokenizer } = await loadClassifier(outputDir);
    expect(config.id2label).toEqual({ 0: 'negative', 1: 'positive' });
    expect(tokenizer.vocabSize).toBe(tinyVocabulary.length);
  });

  it('writes onnx/model.onnx beside the model, and none with --no-onnx, as its card says', async () => {
    const { folder, argv } = tinyTraining();
    for (const [name, ...flags] of [['with'], ['without', '--no-onnx']] as const) {
      const { code, stderr } = await run(argv(name, '--max-steps', '1', ...flags));
      expect(code, stderr).toBe(0);
      const has = flags.length === 0;
      expect(existsSync(join(folder, name, 'onnx/model.onnx'))).toBe(has);
      expect(readFileSync(join(folder, name, 'README.md'), 'utf8').includes('transformers.js')).toBe(has);
      expect(existsSync(join(folder, name, 'checkpoint-1/onnx'))).toBe(false);
    }
  });

  it('trains from a checkpoint without its encoder only with --allow-missing', async () => {
    const { folder, model, argv } = tinyTraining();
    const path = join(model, 'model.safetensors');
    const file = readSafetensors(path);
    const wrapped = [...file.entries.keys()].map(
      (name) => [`module.${name}`, readFloat32(file, name)] as const,
    );
    writeSafetensors(path, new Map(wrapped));
    const refused = await run(argv('refused', '--max-steps', '1'));
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/prefix "module\.".*--allow-missing/),
    ]);
    const { code, stderr } = await run(argv('run', '--max-steps', '1', '--allow-missing'));
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('New parameters, at random: bert.embeddings'),
    ]);
    const { options } = JSON.parse(readFileSync(join(folder, 'run/run.json'), 'utf8'));
    expect(options.allowMissing).toBe(true);
  });

  it('finds the candidates that another run on the same texts has kept', async () => {
    const { folder, argv } = tinyTraining();
    const kept = join(folder, 'candidates');
    const vda = ['--vda', '--top-k', '8'];
    const weightsOf = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
    await run(argv('alone', ...vda));
    const first = await run(argv('first', ...vda, '--candidates-dir', kept));
    expect(first.stderr).toContain('Masked-LM candidates');
    const second = await run(argv('second', ...vda, '--candidates-dir', kept, '--noise-std', '2'));
    expect([second.code, second.stderr]).toEqual([0, expect.not.stringContaining('Masked-LM candidates')]);
    expect(readdirSync(kept)).toHaveLength(2); // candidates and where they lie
    expect(weightsOf('first').equals(weightsOf('alone'))).toBe(true);
    expect(weightsOf('second').equals(weightsOf('alone'))).toBe(false);
    for (const other of [
      ['--top-k', '7'],
      ['--top-k', '8', '--max-seq-length', '4'],
    ]) {
      const { stderr } = await run(argv(`other-${other}`, '--vda', '--candidates-dir', kept, ...other));
      expect(stderr).toContain('Masked-LM candidates');
    }
    expect(readdirSync(kept)).toHaveLength(6);
  });

  it('trains on the successes of attacks too', async () => {
    const { folder, argv } = tinyTraining();
    const results = join(folder, 'results.jsonl');
    const success = {
      ...{ id: 0, status: 'success', label: 'negative', originalPrediction: 'negative' },
      ...{ finalPrediction: 'positive', originalProbabilities: [1, 0], finalProbabilities: [0, 1] },
      ...{
        text: 'a bad film',
        adversarialText: 'a poor film',
        changes: [],
        words: 3,
        queries: 4,
        seconds: 1,
      },
    };
    writeFileSync(results, `${JSON.stringify(success)}\n`);
    const { code, stderr, stdout } = await run(argv('run', '--augment-files', results));
    expect(stderr).toContain('1 adversarial texts are added to 12.');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).steps).toBe(16); // 13 texts in batches of 4
  });

  it('evaluates test texts longer than the model’s positions', async () => {
    const { folder, argv } = tinyTraining();
    const testFile = join(folder, 'long.tsv');
    writeFileSync(testFile, `text\tlabel\n${'a good film '.repeat(30)}\tpositive\nbad\tnegative\n`);
    const { code, stdout } = await run(argv('run', '--test-file', testFile, '--max-steps', '1'));
    expect(code).toBe(0);
    expect([0, 0.5, 1]).toContain(JSON.parse(stdout).testAccuracy);
  });

  it.each<[string, string | Buffer, RegExp]>([
    [
      'a file of one class',
      'text\tlabel\ngood\t1\nfine\t1\n',
      /train\.tsv: needs examples of at least 2 classes/,
    ],
    [
      'bytes that are not UTF-8',
      Buffer.from(`${trainingTable}caf\xe9\tpositive\n`, 'latin1'),
      /train\.tsv, line 14.*UTF-8/,
    ],
    ['no examples', 'text\tlabel\n', /has no examples/],
  ])('refuses %s', async (_, content, message) => {
    const { trainFile, argv } = tinyTraining();
    writeFileSync(trainFile, content);
    const { code, stderr } = await run(argv('run'));
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('refuses a file that is not there', async () => {
    const { folder, argv } = tinyTraining();
    const { code, stderr } = await run(argv('run', '--test-file', join(folder, 'none.tsv')));
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.tsv/);
  });

  it('refuses a validation label that training does not have', async () => {
    const { folder, argv } = tinyTraining();
    const validationFile = join(folder, 'dev.tsv');
    writeFileSync(validationFile, 'text\tlabel\ngood\tpositive\nso so\tmixed\n');
    const { code, stderr } = await run(argv('run', '--validation-file', validationFile));
    expect(code).toBe(1);
    expect(stderr).toMatch(/dev\.tsv, line 3: label "mixed" is not one of "negative", "positive"/);
  });

  it.each([
    [['--learnin-rate', '1'], /unknown option --learnin-rate\. Did you mean --learning-rate\?/],
    [['--noise-std', '1'], /--noise-std has no effect without --vda/],
    [['--load-best-model-at-end'], /--load-best-model-at-end needs --validation-file/],
    [['--vda', '--mixture', 'logits'], /--mixture.*Did you mean logit/],
  ])('refuses %j as wrong usage', async (more, message) => {
    const { code, stderr } = await run(tinyTraining().argv('run', ...more));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses a folder that holds a finished run, and a resume with other options, naming them', async () => {
    const { argv } = tinyTraining();
    const short = argv('run', '--max-steps', '2', '--save-strategy', 'steps', '--save-steps', '1');
    expect((await run(short)).code).toBe(0);
    const again = await run(short);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/already holds a run\..*--resume-from-checkpoint last/);
    const resume = [...short, '--resume-from-checkpoint', 'last'];
    const other = await run([...resume, '--seed', '7', '--weight-decay', '0']);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/another configuration .*weightDecay: 0\.01 there, 0 now/);
    expect(other.stderr).toMatch(/seed: 42 there, 7 now/);
  });

  it('keeps a card that somebody wrote in, when the finished training is gone on with', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    const card = join(folder, 'run/README.md');
    const resumed = () =>
      run(argv('run', '--no-onnx', '--resume-from-checkpoint', 'last', '--test-file', trainFile));
    expect((await run(argv('run', '--no-onnx'))).code).toBe(0);
    expect(readFileSync(card, 'utf8')).not.toContain('test, which decided nothing');
    expect((await resumed()).code).toBe(0); // a card of vda's own is brought up to date
    const tested = readFileSync(card, 'utf8');
    expect(tested).toContain('test, which decided nothing');
    writeFileSync(card, `${tested}\nMy own words.\n`);
    const again = await resumed();
    expect(again.stderr).toContain('no longer as vda train wrote it');
    expect(readFileSync(card, 'utf8')).toBe(`${tested}\nMy own words.\n`);
  });

  it('starts anew, with the new options on record, where a run stopped before its first checkpoint', async () => {
    const { folder, argv } = tinyTraining();
    const missing = await run(argv('run', '--vda', '--mlm', join(folder, 'nothing-here')));
    expect(missing.code).toBe(1);
    const last = await run(argv('run', '--resume-from-checkpoint', 'last'));
    expect(last.stderr).toMatch(/checkpoint-N is not there\. Start without the option/);
    const { code } = await run(argv('run', '--max-steps', '1'));
    expect(code).toBe(0);
    const record = JSON.parse(readFileSync(join(folder, 'run/run.json'), 'utf8'));
    expect(record.options).toMatchObject({ vda: false, maxSteps: 1 });
  });

  it('refuses a masked LM of another vocabulary, or without its head', async () => {
    const { model, argv } = tinyTraining();
    const { model: mlm } = tinyTraining();
    const vocabulary = [...tinyVocabulary.slice(0, 5), ...tinyVocabulary.slice(5).reverse()];
    writeTinyModel(model, { vocabulary });
    const different = await run(argv('run', '--vda', '--top-k', '8', '--mlm', mlm));
    expect(different.code).toBe(1);
    expect(different.stderr).toMatch(/another vocabulary/);

    writeTinyModel(mlm, { leaveOut: 'cl' }); // cls.* and classifier.*
    const headless = await run(argv('run', '--vda', '--top-k', '8', '--mlm', mlm));
    expect(headless.code).toBe(1);
    expect(headless.stderr).toMatch(/has no masked language model head/);
  });
});
