import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replace(/\s+/g, ' ') }; // lines are as wide as a terminal
}

const prompt = ['--prompt-template', '{text} it was [MASK].', '--label-words', 'bad,awful', 'good'];

describe('a classifier that is a masked language model with a prompt', () => {
  test('is saved with its prompt, and answers from its folder as it did in training', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    const trained = join(folder, 'prompted');
    const { code, stdout, stderr } = await run(argv('prompted', ...prompt, '--validation-file', trainFile));
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('New parameters');
    expect(JSON.parse(readFileSync(join(trained, 'config.json'), 'utf8'))).toMatchObject({
      architectures: ['BertForMaskedLM'],
      vda_prompt: { template: '{text} it was [MASK].', label_words: [['bad', 'awful'], ['good']] },
      id2label: { 0: 'negative', 1: 'positive' },
    });
    expect(readFileSync(join(trained, 'README.md'), 'utf8')).toContain('{text} it was [MASK].\n');
    // Whoever reads an ONNX file would not know of the prompt.
    expect(existsSync(join(trained, 'onnx'))).toBe(false);
    const given = ['--model', trained, '--num-threads', '1'];
    const evaluated = await run(['eval', ...given, '--test-file', trainFile, '--json']);
    expect(evaluated.code, evaluated.stderr).toBe(0);
    const config = join(trained, 'config.json');
    const other = { ...JSON.parse(readFileSync(config, 'utf8')), id2label: { 0: 'a', 1: 'b', 2: 'c' } };
    writeFileSync(config, JSON.stringify(other));
    expect((await run(['predict', ...given, 'a film'])).stderr).toContain(
      'vda_prompt has label_words of 2 classes, and id2label names 3',
    );
    const { accuracy, loss } = JSON.parse(evaluated.stdout);
    const { validationAccuracy, validationLoss } = JSON.parse(stdout);
    expect([accuracy.value, loss]).toEqual([validationAccuracy, validationLoss]);
  });

  test('is attacked like any other', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    expect((await run(argv('prompted', ...prompt))).code).toBe(0);
    const { code, stderr } = await run([
      ...['attack', '--model', join(folder, 'prompted'), '--recipe', 'deepwordbug', '--num-threads', '1'],
      ...['--test-file', trainFile, '--num-examples', '3', '--output-dir', join(folder, 'attack')],
    ]);
    expect(code, stderr).toBe(0);
    expect(existsSync(join(folder, 'attack', 'results.jsonl'))).toBe(true);
  });

  test('ends in the same bytes where a run is gone on with, and not under another prompt', async () => {
    const { folder, argv } = tinyTraining();
    const more = [...prompt, '--vda', '--save-strategy', 'steps', '--save-steps', '5'];
    const first = await run(argv('run', ...more));
    expect(first.code, first.stderr).toBe(0);
    const bytes = () => readFileSync(join(folder, 'run', 'model.safetensors'));
    const whole = bytes();
    const from = ['--resume-from-checkpoint', join(folder, 'run', 'checkpoint-5')];
    const second = await run(argv('run', ...more, ...from));
    expect(second.code, second.stderr).toBe(0);
    expect(bytes().equals(whole)).toBe(true);
    const other = await run(argv('run', ...more, ...from, '--prompt-template', 'it was [MASK]. {text}'));
    expect(other.code).not.toBe(0);
    expect(other.stderr).toMatch(/prompt/);
  });

  test('becomes a usual one where it is trained on without, and that has nothing to ask', async () => {
    const { folder, argv } = tinyTraining();
    const from = (start: string, name: string, more: readonly string[] = []) =>
      run([...argv(name), '--model', join(folder, start), ...more]);
    expect((await run(argv('prompted', ...prompt))).code).toBe(0);
    const usual = await from('prompted', 'usual');
    expect(usual.code, usual.stderr).toBe(0);
    const config = JSON.parse(readFileSync(join(folder, 'usual', 'config.json'), 'utf8'));
    expect(config.architectures).toEqual(['BertForSequenceClassification']);
    expect(config.vda_prompt).toBeUndefined();
    const refused = await from('usual', 'again', prompt);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('has no masked language model head, which --prompt-template asks');
  });

  test.each([
    [['--prompt-template', '{text} it was [MASK].'], '--prompt-template needs --label-words.'],
    [['--label-words', 'good', 'bad'], '--label-words needs --prompt-template.'],
    [
      ['--prompt-template', '{text} it was [MASK].', '--label-words', 'good', 'bad', 'sad'],
      '--label-words: expected words for 2 classes, in the order of the labels, got 3.',
    ],
    [[...prompt.slice(0, 2), '--label-words', 'bad', 'goodd'], '--label-words: "goodd" is 2 tokens'],
    [[...prompt, '--strategy', 'smix'], 'a prompt is answered at the mask'],
  ])('refuses %j', async (more, message) => {
    const { code, stderr } = await run(tinyTraining().argv('refused', ...more));
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
