import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from '../training/runs.ts';
import { tinyTokenizer, tinyVocabulary, writeTinyModel, writeTinyRoberta } from '../training/tiny-model.ts';
import { memoryIo } from './memory-io.ts';

const sentences = ['the cat sat on the mat', 'a dog ate the cat', 'the dog sat', 'a mat is not a dog'];
const corpus = Array.from({ length: 240 }, (_, i) => `${sentences[(i * 7) % 4]}.\n${i % 5 ? '' : '\n'}`).join(
  '',
);

function setting() {
  const folder = temporaryFolder();
  const texts = join(folder, 'texts.txt');
  writeFileSync(texts, corpus);
  const argv = (name: string, ...more: readonly string[]): string[] => [
    ...['pretrain', '--train-files', texts, '--output-dir', join(folder, name), '--vocab-size', '100'],
    ...[
      '--hidden-size',
      '16',
      '--intermediate-size',
      '32',
      '--num-hidden-layers',
      '1',
      '--max-seq-length',
      '16',
    ],
    ...['--num-threads', '1', '--learning-rate', '1e-2', '--per-device-train-batch-size', '8', ...more],
  ];
  return { folder, texts, argv };
}

/** The same with texts of words that the tiny BERT knows, and that model as a teacher. */
function taught() {
  const { folder, texts, argv } = setting();
  writeFileSync(
    texts,
    'a good film, so very good.\nthe plot is dull and sad\n\nnot a great joke\n\n'.repeat(80),
  );
  return { folder, texts, argv, teacher: writeWholeModel(temporaryFolder()) };
}

/** An `Io` whose signal is aborted once the texts are packed: the run stops after its first step. */
function stoppingIo() {
  const stop = new AbortController();
  const write = (text: string) => {
    if (text.includes('sequences of')) stop.abort(new Error('stopped by the test'));
  };
  return memoryIo({ signal: stop.signal, stderr: { write, columns: 80 } }).io;
}

describe('vda pretrain', () => {
  it.each(['', '\n\n', 'the cat\n'])(
    'refuses held-out text that gives no sequence before it trains: %j',
    async (text) => {
      const { folder, argv } = setting();
      const held = join(folder, 'held.txt');
      writeFileSync(held, text);
      const { io, written } = memoryIo();
      expect(await main(argv('run', '--validation-file', held), io)).toBe(1);
      expect(written.stderr.replaceAll(/\s+/g, ' ')).toContain('less text than a sequence of 16 tokens');
      expect(written.stderr).not.toContain('NaN');
      expect(readdirSync(join(folder, 'run')).filter((name) => name.startsWith('checkpoint'))).toEqual([]);
    },
  );

  it('starts from the tokens’ neighbours, lower than from random numbers, and resumes to the same bytes', async () => {
    const { folder, argv } = setting();
    const settings = ['--max-steps', '4', '--logging-steps', '1', '--dropout', '0', '--warmup-ratio', '0'];
    const lossOf = async (name: string, ...more: readonly string[]) => {
      expect(await main(argv(name, ...settings, ...more), memoryIo().io)).toBe(0);
      return metricsOf(join(folder, name))[0]!.loss!;
    };
    const saving = ['--save-strategy', 'steps', '--save-steps', '1'];
    const random = await lossOf('random');
    const neighbours = await lossOf('neighbours', '--embedding-init', 'cooccurrence', ...saving);
    expect(neighbours).toBeLessThan(random - 0.5);
    const stopped = argv('stopped', ...settings, '--embedding-init', 'cooccurrence', ...saving);
    expect(await main(stopped, stoppingIo())).not.toBe(0);
    expect(await main([...stopped, '--resume-from-checkpoint', 'last'], memoryIo().io)).toBe(0);
    const bytes = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
    expect(bytes('stopped').equals(bytes('neighbours'))).toBe(true);
  });

  it('refuses --embedding-init beside a model that has embeddings', async () => {
    const { argv } = setting();
    const { io, written } = memoryIo();
    expect(await main(argv('run', '--embedding-init', 'cooccurrence', '--model', 'm'), io)).toBe(2);
    expect(written.stderr).toMatch(/leave out\s+--embedding-init/);
  });

  it('learns a vocabulary and a masked LM whose loss falls, and measures it on held-out text', async () => {
    const { folder, texts, argv } = setting();
    const { io, written } = memoryIo();
    const settings = ['--max-steps', '60', '--logging-steps', '20', '--dropout', '0', '--dtype', 'float16'];
    expect(await main(argv('run', '--validation-file', texts, ...settings), io)).toBe(0);
    expect(written.stdout).toBe(`${join(folder, 'run')}\n`);
    const lines = metricsOf(join(folder, 'run'));
    const losses = lines.flatMap(({ loss }) => loss ?? []);
    expect(lines.flatMap(({ loss, step }) => (loss === undefined ? [] : step))).toEqual([20, 40, 60]);
    expect(losses[2]!).toBeLessThan(0.85 * losses[0]!);
    expect(losses[0]!).toBeLessThan(Math.log(100) + 0.5); // guessing at random among 100 tokens
    const held = lines.at(-1)!.evalLoss!;
    expect(held).toBeLessThan(losses[0]!);
    expect(written.stderr).toContain(`Held-out masked-LM loss ${held.toFixed(3)} nats`);
    const { config, tokenizer } = await loadMaskedLm(join(folder, 'run'));
    expect(config.vocabSize).toBe(tokenizer.vocabSize);

    // The same model, measured again after a step of no length: the same masks, the same loss.
    const measured = [
      ...[
        'pretrain',
        '--train-files',
        texts,
        '--output-dir',
        join(folder, 'again'),
        '--validation-file',
        texts,
      ],
      ...[
        '--max-seq-length',
        '16',
        '--model',
        join(folder, 'run'),
        '--max-steps',
        '1',
        '--learning-rate',
        '1e-30',
      ],
    ];
    expect(await main(measured, memoryIo().io)).toBe(0);
    expect(metricsOf(join(folder, 'again')).at(-1)!.evalLoss).toBeCloseTo(held, 2); // from half precision
  });

  it('stopped and resumed, ends in the same bytes with the same log', async () => {
    const { folder, argv } = setting();
    const settings = [
      '--max-steps',
      '9',
      '--logging-steps',
      '4',
      '--save-strategy',
      'steps',
      '--save-steps',
      '5',
    ];
    expect(await main(argv('whole', ...settings), memoryIo().io)).toBe(0);
    expect(await main(argv('parts', ...settings), stoppingIo())).toBe(1);
    expect(readdirSync(join(folder, 'parts'))).toContain('checkpoint-1');
    const resume = argv('parts', ...settings, '--resume-from-checkpoint', 'last');
    expect(await main(resume, memoryIo().io)).toBe(0);
    for (const name of ['model.safetensors', 'tokenizer.json'])
      expect(readFileSync(join(folder, 'parts', name))).toEqual(readFileSync(join(folder, 'whole', name)));
    expect(metricsOf(join(folder, 'parts'))).toEqual(metricsOf(join(folder, 'whole')));
  });

  it('4 batches of 2 train as 1 of 8 does, but for rounding; dropout on', async () => {
    const { folder, argv } = setting();
    const settings = ['--max-steps', '6', '--logging-steps', '1', '--learning-rate', '1e-3'];
    expect(await main(argv('whole', ...settings), memoryIo().io)).toBe(0);
    const inParts = ['--per-device-train-batch-size', '2', '--gradient-accumulation-steps', '4'];
    expect(await main(argv('parts', ...settings, ...inParts), memoryIo().io)).toBe(0);
    const [whole, parts] = [metricsOf(join(folder, 'whole')), metricsOf(join(folder, 'parts'))];
    expect(parts).toHaveLength(6);
    for (const [i, { loss, gradNorm, ...rest }] of parts.entries()) {
      expect(rest).toEqual({ step: i + 1, epoch: whole[i]!.epoch, lr: whole[i]!.lr });
      expect(loss).toBeCloseTo(whole[i]!.loss!, 4);
      expect(gradNorm).toBeCloseTo(whole[i]!.gradNorm!, 3);
    }
    // Means over 2 sequences each, put together: the last bits say that it was not one mean over 8.
    expect(parts.map(({ loss }) => loss)).not.toEqual(whole.map(({ loss }) => loss));
  });

  it('trains on though chance masks no token of a step', async () => {
    const { folder, argv } = setting();
    const sparse = ['--mlm-probability', '0.01', '--per-device-train-batch-size', '1'];
    const settings = ['--max-steps', '20', '--logging-steps', '1'];
    expect(await main(argv('run', ...settings, ...sparse), memoryIo().io)).toBe(0);
    const losses = metricsOf(join(folder, 'run')).map(({ loss }) => loss!);
    expect(losses).toHaveLength(20); // 14 tokens a step: none is chosen in 0.99¹⁴ = 87 % of the steps
    expect(losses.every((loss) => loss > 0)).toBe(true);
  });

  it('refuses a checkpoint of a run with other options, in any folder', async () => {
    const { folder, argv } = setting();
    const saved = ['--max-steps', '3', '--save-strategy', 'steps', '--save-steps', '2'];
    expect(await main(argv('first', ...saved), memoryIo().io)).toBe(0);
    const resume = ['--resume-from-checkpoint', join(folder, 'first/checkpoint-2')];
    for (const other of [
      ['--weight-decay', '0'],
      ['--hidden-size', '32'],
    ]) {
      const { io, written } = memoryIo();
      expect(await main(argv(`second-${other}`, ...saved, ...resume, ...other), io)).toBe(1);
      expect(written.stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /belongs to a run of another configuration \(pretraining\.(weightDecay|hiddenSize): /,
      );
    }
    expect(await main(argv('third', ...saved, ...resume), memoryIo().io)).toBe(0);
    const bytes = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
    expect(bytes('third').equals(bytes('first'))).toBe(true);
    expect(metricsOf(join(folder, 'third'))).toEqual(metricsOf(join(folder, 'first')));
  });

  it('saves after each epoch unless told otherwise', async () => {
    const { folder, argv } = setting();
    expect(await main(argv('run', '--num-train-epochs', '2'), memoryIo().io)).toBe(0);
    const saved = readdirSync(join(folder, 'run')).filter((name) => name.startsWith('checkpoint-'));
    expect(saved).toHaveLength(1); // the second epoch's is the model itself
  });

  it('ends at the time limit, the learning rate near 0 by then', async () => {
    const { folder, argv } = setting();
    const { io, clock } = memoryIo();
    const ticking = { ...io, now: () => (clock.ms += 100) };
    const limited = argv('run', '--time-limit', '4', '--logging-steps', '1', '--max-steps', '1000');
    expect(await main(limited, ticking)).toBe(0);
    const lines = metricsOf(join(folder, 'run'));
    expect(lines.length).toBeLessThan(50);
    expect(lines.at(-1)!.lr!).toBeLessThan(0.25 * Math.max(...lines.map(({ lr }) => lr!)));
    expect(readdirSync(join(folder, 'run'))).toContain('model.safetensors');
  });

  it('refuses texts that do not fill one batch', async () => {
    const { texts, argv } = setting();
    writeFileSync(texts, 'a dog\n');
    const { io, written } = memoryIo();
    expect(await main(argv('run'), io)).toBe(1);
    expect(written.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /0 sequences of 16 tokens, fewer than the 8 of one step/,
    );
  });

  it('learns from a teacher on a part of its vocabulary, starts from its embeddings, and resumes to the same bytes', async () => {
    const { folder, argv, teacher } = taught();
    const settings = ['--max-steps', '4', '--logging-steps', '1', '--dropout', '0', '--teacher', teacher];
    const saving = ['--save-strategy', 'steps', '--save-steps', '1', '--embedding-init', 'teacher'];
    const { io, written } = memoryIo();
    expect(await main(argv('whole', ...settings, ...saving), io)).toBe(0);
    expect(written.stderr).toMatch(
      /Choosing 100 pieces of the teacher's vocabulary .*Starting embeddings from the teacher's/s,
    );
    const { tokenizer, weights } = await loadMaskedLm(join(folder, 'whole'));
    expect(tokenizer.vocabSize).toBeLessThan(tinyTokenizer.vocabSize); // the texts do not hold every word
    expect(tokenizer.encode('good film').ids.map(tokenizer.tokenOf)).toEqual(
      tinyTokenizer.encode('good film').ids.map(tinyTokenizer.tokenOf),
    );
    expect(weights['bert.embeddings.word_embeddings.weight']!.shape).toEqual([tokenizer.vocabSize, 16]);

    expect(await main(argv('stopped', ...settings, ...saving), stoppingIo())).not.toBe(0);
    const resume = ['--resume-from-checkpoint', 'last'];
    const other = memoryIo();
    const changed = argv('stopped', ...settings, ...saving, ...resume, '--teacher-weight', '0.5');
    expect(await main(changed, other.io)).toBe(1);
    expect(other.written.stderr.replaceAll(/\s+/g, ' ')).toContain('(teacher.weight: 0.7 there, 0.5 now)');
    expect(await main(argv('stopped', ...settings, ...saving, ...resume), memoryIo().io)).toBe(0);
    const bytes = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
    expect(bytes('stopped').equals(bytes('whole'))).toBe(true);

    // Without weight the teacher is not asked: the loss of the texts alone, from the same start.
    const unasked = argv('unasked', ...settings, '--embedding-init', 'teacher', '--teacher-weight', '0');
    expect(await main(unasked, memoryIo().io)).toBe(0);
    const [with0, without] = [metricsOf(join(folder, 'whole')), metricsOf(join(folder, 'unasked'))];
    expect(with0[0]!.loss).not.toBe(without[0]!.loss);
  });

  it('goes on from a model with a teacher that knows its tokens', async () => {
    const { folder, texts } = taught();
    const teacher = writeWholeModel(temporaryFolder(), [...tinyVocabulary, 'one', 'two']); // a name for each row
    const from = ['pretrain', '--model', teacher, '--teacher', teacher, '--train-files', texts];
    const settings = ['--max-steps', '1', '--max-seq-length', '16', '--dropout', '0', '--logging-steps', '1'];
    const out = (name: string, ...more: readonly string[]) => [
      ...from,
      ...settings,
      '--output-dir',
      join(folder, name),
      ...more,
    ];
    expect(await main(out('self', '--teacher-weight', '1'), memoryIo().io)).toBe(0);
    expect(metricsOf(join(folder, 'self'))[0]!.loss).toBeCloseTo(0, 5); // KL of a model to itself
  });

  it('starts from the teacher whole, at its loss on the texts but for the other tokens', async () => {
    const { folder, argv, teacher } = taught();
    const sizes = ['--hidden-size', '32', '--num-hidden-layers', '2', '--num-attention-heads', '4'];
    const same = [...sizes, '--intermediate-size', '48', '--teacher', teacher, '--encoder-init', 'teacher'];
    const settings = ['--max-steps', '1', '--logging-steps', '1', '--dropout', '0', '--teacher-weight', '1'];
    expect(await main(argv('same', ...same, ...settings), memoryIo().io)).toBe(0);
    expect(metricsOf(join(folder, 'same'))[0]!.loss).toBeCloseTo(0, 5); // KL of a model to itself
    const { io, written } = memoryIo();
    expect(await main(argv('wide', ...same, '--num-attention-heads', '8', ...settings), io)).toBe(2);
    expect(written.stderr.replaceAll(/\s+/g, ' ')).toContain(
      '--encoder-init teacher takes layers as they are: expected --num-attention-heads 4.',
    );
  });

  it.each([
    [['--teacher-temperature', '3'], '--teacher-temperature has no effect without --teacher.'],
    [['--embedding-init', 'teacher'], '--embedding-init teacher needs a --teacher.'],
    [['--encoder-init', 'teacher'], '--encoder-init teacher needs a --teacher.'],
    [
      ['--teacher', 't', '--encoder-init', 'teacher', '--attention-init', 'neighbours'],
      "with --encoder-init teacher all is the teacher's; leave out --attention-init.",
    ],
    [['--teacher', 't', '--architecture', 'roberta'], 'and --architecture roberta has a byte-level BPE one'],
  ])('refuses %j', async (flags, message) => {
    const { argv } = setting();
    const { io, written } = memoryIo();
    expect(await main(argv('run', ...flags), io)).toBe(2);
    expect(written.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  });

  it('refuses a teacher without a masked-LM head, and one of byte-level pieces', async () => {
    const { argv } = taught();
    const refusal = async (name: string, teacher: string) => {
      const { io, written } = memoryIo();
      expect(await main(argv(name, '--teacher', teacher), io)).toBe(1);
      return written.stderr.replaceAll(/\s+/g, ' ');
    };
    const headless = writeTinyModel(temporaryFolder(), { leaveOut: 'cls.' });
    expect(await refusal('headless', headless)).toContain('has no masked language model head');
    expect(await refusal('roberta', writeTinyRoberta(temporaryFolder()))).toContain(
      'a part of its vocabulary can be taken from a WordPiece one alone',
    );
  });
});
