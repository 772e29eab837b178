import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import { wordsOf } from '../../src/text/words.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

const questions = ['was the film good', 'is this plot bad', 'the score was fine', 'a joke'];
const sentences = ['it was a great film', 'the plot is awful', 'not so fine', 'the cast is lovely'];
const pairs = questions.flatMap((question, q) =>
  sentences.map((sentence, s) => ({
    question,
    sentence,
    answered: (q + s) % 2 === 0 ? 'positive' : 'negative',
  })),
);
const rows = pairs.map(({ answered, question, sentence }) => `${answered}\t${question}\t${sentence}\n`);

const run = async (...argv: readonly string[]) => {
  const { io, written } = memoryIo();
  const code = await main([...argv, '--num-threads', '1'], io);
  return { code, stdout: written.stdout, stderr: written.stderr.replace(/\s+/g, ' ') };
};

/** Files of pairs and of single texts (`trainFile`), and a model trained on the former, unless asked for the latter. */
async function setUp(kind: 'pairs' | 'texts' = 'pairs') {
  const { folder, trainFile: texts, argv } = tinyTraining();
  const file = join(folder, 'pairs.tsv');
  writeFileSync(file, `label\tquestion\tsentence\n${rows.join('')}`);
  const trained = await run(...argv('run', '--train-file', kind === 'pairs' ? file : texts));
  expect(trained.code, trained.stderr).toBe(0);
  return { folder, pairs: file, texts, argv, model: join(folder, 'run') };
}

describe('pairs', () => {
  test('are trained on, evaluated and predicted', async () => {
    const { folder, pairs: file, model } = await setUp();
    const evaluated = await run('eval', '--model', model, '--test-file', file, '--json');
    expect(evaluated.stderr).toContain('texts "question" and "sentence"');
    const { accuracy } = JSON.parse(evaluated.stdout);
    const unlabelled = join(folder, 'new.jsonl');
    const asked = pairs.map(({ question, sentence }) => ({ question, sentence }));
    writeFileSync(unlabelled, asked.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
    const predicted = await run('predict', '--model', model, '--test-file', unlabelled);
    const answers = predicted.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ text, textPair }) => [text, textPair])).toEqual(
      pairs.map(({ question, sentence }) => [question, sentence]),
    );
    const right = answers.filter(({ label }, i) => label === pairs[i]!.answered);
    expect(right.length / pairs.length).toBe(accuracy.value);
  });

  test.each([
    ['default', 'Perturb over the words of that text'],
    ['official', 'Perturb over the words of both texts'],
  ])('are attacked in the second text, in %s mode', async (preset, note) => {
    const { folder, pairs: file, model } = await setUp();
    const output = join(folder, 'attack');
    const free = ['--similarity', 'none', '--antonyms', 'none', '--stop-words', 'none'];
    const models = ['--model', model, '--test-file', file, '--output-dir', output];
    const { code, stdout, stderr } = await run('attack', ...models, ...free, '--preset', preset);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`pairs: second text attacked, ${note}`);
    const records: AttackRecord[] = readFileSync(join(output, 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    records.forEach(({ text, textPair, words }, i) => {
      const { question, sentence } = pairs[i]!;
      expect([text, textPair]).toEqual([question, sentence]);
      const context = preset === 'official' ? wordsOf(question).length : 0;
      expect(words).toBe(wordsOf(sentence).length + context);
    });
    const changed = records.filter(({ changes }) => changes.length > 0);
    expect(changed.length).toBeGreaterThan(0);
    for (const { textPair, adversarialText, changes } of changed) {
      const words = [...wordsOf(textPair!)];
      for (const { index, to } of changes) words[index] = to;
      if (preset === 'default') expect(adversarialText).toBe(words.join(' '));
    }
    expect(readFileSync(join(output, 'report.html'), 'utf8')).toContain('First text:');
  });
});

describe('the wrong kind of input', () => {
  test('pairs for a model of single texts are refused, unless one column is named', async () => {
    const { pairs: file, model } = await setUp('texts');
    const refused = 'was trained on single texts, but';
    const asked = ['--model', model, '--test-file', file];
    for (const argv of [
      ['eval', ...asked],
      ['predict', ...asked],
      ['attack', ...asked, '--output-dir', 'x'],
    ]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr).toContain(`${refused} ${file} holds pairs of texts. Name the one column`);
    }
    const one = await run('predict', ...asked, '--text-column', 'sentence');
    expect(one.code, one.stderr).toBe(0);
  });

  test('single texts for a model of pairs are refused, wherever they come from', async () => {
    const { texts, model } = await setUp();
    const refused = (source: string) => `was trained on pairs of texts, but ${source} holds single texts.`;
    const fromFile = await run('eval', '--model', model, '--test-file', texts);
    expect([fromFile.code, fromFile.stdout]).toEqual([1, '']);
    expect(fromFile.stderr).toContain(refused(texts));
    const fromArguments = await run('predict', 'a good film', '--model', model);
    expect(fromArguments.stderr).toContain(refused('the command line'));
    expect(fromArguments.stderr).toContain('Give a file with two text columns (named with --text-column');
  });

  test('a run whose files differ in kind is refused', async () => {
    const { texts: singles, pairs: file, argv } = await setUp();
    const { code, stderr } = await run(...argv('mixed', '--train-file', file, '--validation-file', singles));
    expect(code).toBe(1);
    expect(stderr).toContain(`${file} holds pairs of texts, but ${singles} holds single texts.`);
  });

  test('a pair column that is not there is an error that names those that are', async () => {
    const { pairs: file, argv } = await setUp();
    const { code, stderr } = await run(
      ...argv('missing', '--train-file', file, '--text-pair-column', 'answer'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('no column "answer" (--text-pair-column)');
    expect(stderr).toContain('"label", "question", "sentence"');
  });
});
