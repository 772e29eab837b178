import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseFlags, shellOptions } from '../../src/cli/args/parse-flags.ts';
import { attackSpec } from '../../src/options/attack.ts';
import { configValues } from '../../src/options/config-values.ts';
import { demoSpec } from '../../src/options/demo.ts';
import { envSpec } from '../../src/options/env.ts';
import { evalSpec } from '../../src/options/eval.ts';
import { listSpec } from '../../src/options/list.ts';
import { kebabCase, snakeCase } from '../../src/options/names.ts';
import { predictSpec } from '../../src/options/predict.ts';
import { pretrainSpec } from '../../src/options/pretrain.ts';
import { reportSpec } from '../../src/options/report.ts';
import { reproduceSpec } from '../../src/options/reproduce.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { type CommandSpec, jsonSchemaOf, optionsOf } from '../../src/options/spec.ts';
import { trainSpec } from '../../src/options/train.ts';
import { trainOptions } from '../../src/options/train-defaults.ts';
import { strategyOf } from '../../src/options/vda.ts';
import { fits } from './json-schema.ts';

const specs: readonly CommandSpec[] = [
  trainSpec,
  evalSpec,
  attackSpec,
  predictSpec,
  reportSpec,
  pretrainSpec,
  reproduceSpec,
  demoSpec,
  listSpec,
  envSpec,
] as unknown as readonly CommandSpec[];

const words = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);

const resolve = <C extends CommandSpec>(spec: C, command: string) =>
  resolveOptions(spec, { flags: parseFlags(spec, words(command)).values }).options as never as Record<
    string,
    unknown
  >;

describe.each(specs.map((spec) => [spec.name, spec] as const))('vda %s', (_, spec) => {
  const infos = optionsOf(spec);

  test('every option has a description that ends as a sentence, and a flag of its own', () => {
    for (const { flag, facets } of infos) expect(facets.description, flag).toMatch(/^\S.*[.)]$/);
    const flags = infos.flatMap(({ flag, kind }) => (kind === 'boolean' ? [flag, `no-${flag}`] : [flag]));
    expect(new Set([...flags, ...Object.keys(shellOptions)]).size).toBe(
      flags.length + Object.keys(shellOptions).length,
    );
  });

  test('no name known from elsewhere is also an option here', () => {
    const flags = infos.map(({ flag }) => flag);
    for (const { facets } of infos)
      for (const alias of facets.knownAs ?? []) expect(flags).not.toContain(alias);
  });

  test('its examples are valid command lines', () => {
    expect(spec.examples.length).toBeGreaterThan(0);
    for (const { command } of spec.examples) {
      const [program, name, ...argv] = words(command.replace(/^.*\| /, ''));
      expect([program, name]).toEqual(['vda', spec.name]);
      const { values, config } = parseFlags(spec, argv);
      if (config === undefined) resolveOptions(spec, { flags: values });
    }
  });

  test('its JSON Schema has every option with description, and refuses others', () => {
    const schema = jsonSchemaOf(spec) as { properties: Record<string, { description: string }> };
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties).slice(0, infos.length)).toEqual(infos.map(({ key }) => key));
    for (const { key, facets } of infos) expect(schema.properties[key]!.description).toBe(facets.description);
    expect(JSON.stringify(schema)).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  test('its JSON Schema takes each key in three spellings, one at a time, as the reader does', () => {
    const schema = jsonSchemaOf(spec);
    const reads = (content: object) => {
      try {
        return configValues(spec, content, { where: 'file' }).size >= 0;
      } catch {
        return false;
      }
    };
    for (const { key } of infos) {
      const spellings = [...new Set([key, snakeCase(key), kebabCase(key)])];
      for (const spelled of spellings) {
        expect([spelled, fits(schema, { [spelled]: null }), reads({ [spelled]: null })]).toEqual([
          spelled,
          true,
          true,
        ]);
      }
      const two = Object.fromEntries(spellings.slice(0, 2).map((spelled) => [spelled, 1]));
      if (spellings.length > 1) expect([key, fits(schema, two), reads(two)]).toEqual([key, false, false]);
    }
    expect([fits(schema, { toString: 1 }), reads({ toString: 1 })]).toEqual([false, false]);
  });
});

test("the JSON Schema of vda train takes the guide's own file, and refuses wrong values under any spelling", () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guide.md'), 'utf8');
  const [, file] = /```yaml\n(# runs\/vda\.yaml[^`]*)```/.exec(guide)!;
  const schema = jsonSchemaOf(trainSpec as unknown as CommandSpec);
  expect(fits(schema, parse(file!))).toBe(true);
  expect(fits(schema, { learning_rate: 'fast' })).toBe(false);
  expect(fits(schema, { 'learning-rate': 3e-5, num_virtual: 3 })).toBe(true);
  expect(fits(schema, { num_virtual: 0.5 })).toBe(false);
});

test.each(['gpu', 'GPU', 'cuda:0', 'mps'])('--device %s is told what it is here, not the CPU', (device) => {
  expect(() => resolve(trainSpec, `--model m --train-file t --output-dir o --device ${device}`)).toThrow(
    /expected one of cpu, cuda, webgpu, got .* Here it is (cuda|webgpu)/,
  );
});

describe('vda train', () => {
  const required = '--model m --train-file t --output-dir o';

  test('the official preset sets what the published code uses, below what is given', () => {
    const options = resolve(
      trainSpec,
      `${required} --validation-file v --vda --preset official --learning-rate 3e-5`,
    );
    expect(options).toMatchObject({
      mixture: 'official',
      noiseStd: 0.05,
      lrSchedulerType: 'cosine_with_restarts',
      shuffle: false,
      maxGradNorm: 0,
      learningRate: 3e-5,
    });
  });

  test('the paper preset sets what the paper says, below what is given and the lengths of a data set', () => {
    const paper = resolve(trainSpec, `${required} --vda --preset paper --lambda 4`);
    expect(paper).toMatchObject({
      mixture: 'paper', // Eq. 4
      noiseStd: 0.1, // √1e-2, §5.1.4
      numVirtual: 1,
      lambda: 4,
      embeddingTable: 'mlm', // Eq. 5
      mixSpecialTokens: true,
      learningRate: 1e-5, // §5.1.4
      warmupRatio: 0.05,
      maxSeqLength: 128,
    });
    const named = '--model m --dataset mr --data-dir d --output-dir o --preset paper';
    expect(resolve(trainSpec, named).maxSeqLength).toBe(256);
  });

  test('--fidelity, as presets were called, is told what it is here, and not taken', () => {
    expect(() => resolve(trainSpec, `${required} --fidelity official`)).toThrow(/--fidelity.*--preset/);
  });

  test.each([
    ['--mixture paper', '--mixture has no effect without --vda.'],
    ['--class-weights 1 two', '--class-weights: expected a list, each a number above 0, got [1,"two"].'],
    ['--class-weights 1 -1', '--class-weights: expected a list, each a number above 0, got [1,-1].'],
    ['--label-smoothing 0.1', 'Here it is --label-smoothing-factor.'],
    ['--lambda 2 --strategy standard', '--lambda has no effect without --vda.'],
    ['--eval-strategy epoch', '--eval-strategy needs --validation-file.'],
    ['--early-stopping-patience 2', '--early-stopping-patience needs --validation-file.'],
    ['--validation-file v --early-stopping-patience 2 --eval-strategy no', 'needs evaluations'],
    [
      '--validation-file v --load-best-model-at-end --eval-strategy no',
      '--load-best-model-at-end needs evaluations; got --eval-strategy no.',
    ],
    [
      '--validation-file v --metric-for-best-model attack_accuracy --eval-strategy no',
      '--metric-for-best-model needs evaluations; got --eval-strategy no.',
    ],
    [
      '--strategy pgd --pgd-adversarial-weight 2',
      '--pgd-adversarial-weight: expected a number at least 0 and at most 1, got 2.',
    ],
    [
      '--strategy smart --smart-bregman-momentum 1.01',
      '--smart-bregman-momentum: expected a number at least 0 and at most 1, got 1.01.',
    ],
    ['--strategy pgd --freelb-preset qnli', '--freelb-preset has no effect without --strategy freelb.'],
    ['--strategy freelb --freelb-preset freelb+', 'Did you mean freelb++?'],
    ['--validation-file v --eval-steps 5', '--eval-steps has no effect without --eval-strategy steps.'],
    ['--save-steps 5', '--save-steps has no effect without --save-strategy steps.'],
    ['--ada-model runs/plain', '--ada-model needs --ada-examples, the number of texts to attack it with.'],
    ['--dropout 1', '--dropout: expected a number at least 0 and below 1, got 1.'],
    ['--vda --mixture mean --mlm x', '--mlm has no effect with --mixture mean.'],
    ['--vda --mixture mean --temperature 9', '--temperature has no effect with --mixture mean.'],
    ['--vda --mixture mean --noise-std 5', '--noise-std has no effect with --mixture mean.'],
    ['--vda --mixture mean --top-k 3', '--top-k has no effect with --mixture mean.'],
    [
      '--vda --mixture paper --candidate-filter related',
      '--candidate-filter has no effect with --mixture paper.',
    ],
    ['--vda --candidate-sources wordnet', '--candidate-sources has no effect with --mixture logit.'],
    ['--vda --mixture adversarial --noise-std 5', '--noise-std has no effect with --mixture adversarial.'],
    ['--vda --mixture adversarial --sparsity 5', '--sparsity has no effect with --mixture adversarial.'],
    ['--vda --mixture adversarial --mlm x', '--mlm has no effect with --mixture adversarial.'],
    ['--vda --mixture random --ascent-steps 2', '--ascent-steps has no effect with --mixture random.'],
    [
      '--vda --mixture centre --mix-all-positions --virtual-budget 1',
      '--virtual-budget has no effect with --mixture centre.',
    ],
    [
      '--vda --mixture adversarial --candidate-sources ppdb.txt',
      "--candidate-sources: expected wordnet, neighbours:FILE, pairs:FILE, mlm; got 'ppdb.txt'.",
    ],
    ['--vda --mixture sample --noise-std 5', '--noise-std has no effect with --mixture sample.'],
    ['--vda --mixture argmax --top-k 3', '--top-k has no effect with --mixture argmax.'],
    ['--vda --preset official --temperature 2', '--temperature has no effect with --mixture official.'],
    [
      '--strategy freelb --preset official --freelb-norm linf',
      '--freelb-norm has no effect with --preset official.',
    ],
    ['--vda --consistency ce --no-clean-gradient', '--clean-gradient has no effect with --consistency ce.'],
    [
      '--lr-scheduler-type constant --warmup-ratio 0.5',
      '--warmup-ratio has no effect with --lr-scheduler-type constant',
    ],
    ['--labels neg pos pos', '--labels: a name stands there twice; each class needs its own.'],
    ['--labels only', 'expected a list of at least two names'],
  ])('refuses %s', (argv, message) => {
    expect(() => resolve(trainSpec, `${required} ${argv}`)).toThrow(message);
  });

  test.each([
    '--vda --mixture paper',
    '--strategy vda --lambda 2',
    '--eval-strategy no',
    '--no-shuffle --dropout 0',
    '--validation-file v --preset official --eval-strategy no',
    '--strategy smart --smart-bregman-momentum 1',
    '--vda --noise-std 2 --temperature 3 --top-k 4 --exclude-original --mlm x --candidates-dir c',
    '--vda --mixture mean --embedding-table mlm --mlm x',
    '--vda --mixture mean --ada-examples 3 --mlm x',
    '--vda --mixture argmax --candidate-filter related --top-k 200',
    '--vda --mixture adversarial --hull-temperature 0.5 --sparsity 2 --top-k 9',
    '--vda --mixture adversarial --candidate-sources wordnet mlm pairs:p.txt --candidate-filter related --mlm x',
    '--vda --mixture random --dirichlet-alpha 0.1 --second-order',
    '--lr-scheduler-type constant --warmup-ratio 0',
    '--lr-scheduler-type constant_with_warmup --warmup-ratio 0.5',
  ])('accepts %s', (argv) => {
    expect(resolve(trainSpec, `${required} ${argv}`)).toMatchObject({ model: 'm' });
  });

  test('published settings of a strategy go before those of --preset, and give way to what is set', () => {
    const freelb = `${required} --strategy freelb`;
    expect(resolve(trainSpec, `${freelb} --freelb-preset freelb++ --freelb-steps 30`)).toMatchObject({
      ...{ freelbSteps: 30, freelbStepSize: 0.03, freelbInitMagnitude: 0.05, freelbMaxNorm: 0 },
    });
    const official = `${freelb} --preset official`;
    expect(resolve(trainSpec, official)).toMatchObject({ freelbMaxNorm: 0.02 });
    expect(resolve(trainSpec, `${official} --freelb-preset sst-2`)).toMatchObject({
      ...{ freelbInitMagnitude: 0.6, freelbMaxNorm: 0 },
    });
  });

  test('a data set sets length and labels, below what is given', () => {
    const named = '--model m --output-dir o --dataset mrpc --data-dir d';
    expect(resolve(trainSpec, named)).toMatchObject({
      maxSeqLength: 256,
      labels: ['not_equivalent', 'equivalent'],
    });
    const given = resolve(
      trainSpec,
      `${named} --max-seq-length 64 --labels no yes --early-stopping-patience 1`,
    );
    expect(given).toMatchObject({ maxSeqLength: 64, labels: ['no', 'yes'] });
    const attack = '--model m --output-dir o --dataset imdb --data-dir d';
    expect(resolve(attackSpec, attack)).toMatchObject({ maxSeqLength: 512, numExamples: 300 });
  });

  test.each([
    ['--output-dir o', '--train-file is required, or --dataset with --data-dir.'],
    ['--train-file t --output-dir o --data-dir d', '--data-dir has no effect without --dataset.'],
    ['--train-file t --output-dir o --dataset mr', '--dataset mr needs --data-dir, the folder of its files.'],
    [
      '--output-dir o --dataset mr --data-dir d --text-column x',
      '--text-column has no effect with --dataset',
    ],
    [
      '--output-dir o --dataset sst --data-dir d',
      '--dataset: expected one of mr, ag, imdb, yelp, qnli, mrpc',
    ],
  ])('refuses %s', (argv, message) => {
    expect(() => resolve(trainSpec, `--model m ${argv}`)).toThrow(message);
  });

  test('strategy vda is standard with --vda', () => {
    expect(strategyOf({ strategy: 'vda', vda: false })).toEqual({ base: 'standard', vda: true });
    expect(strategyOf({ strategy: 'standard', vda: true })).toEqual({ base: 'standard', vda: true });
    expect(strategyOf({ strategy: 'standard', vda: false })).toEqual({ base: 'standard', vda: false });
  });
});

test.each([
  [
    'attack',
    '--model m --test-file t --output-dir o --shard 1',
    "expected a part as i/n, such as 0/4 for the first of four, or auto, got '1'",
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --max-change-rate 40',
    'at least 0 and at most 1, got 40',
  ],
  ['attack', '--model m --output-dir o', '--test-file is required, or --dataset'],
  ['attack', '--model m --test-file t --output-dir o --seed 7', 'unknown option --seed.'],
  [
    'attack',
    '--model m --test-file t --output-dir o --similarity-threshold 0.9',
    '--similarity-threshold has no effect without a file of word vectors in --similarity.',
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --profile strict',
    '--encoder is needed: what is asked for compares sentences.',
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --encoder e',
    '--encoder has no effect without a profile or constraint that compares sentences: --profile strict or uniform.',
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --profile open --encoder e',
    '--encoder has no effect without a profile or constraint that compares sentences: --profile strict or uniform.',
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --constraints max-words=0',
    '--constraints: expected max-words= and a whole number at least 1; got "max-words=0".',
  ],
  [
    'attack',
    '--model m --test-file t --output-dir o --similarity none wordnet',
    '--similarity: none stands alone; got none wordnet.',
  ],
  [
    'pretrain',
    '--train-files a --output-dir o --lr-scheduler-type constant --warmup-ratio 0.1',
    '--warmup-ratio has no effect with --lr-scheduler-type constant',
  ],
  [
    'pretrain',
    '--train-files a --output-dir o --warmup-steps 10 --warmup-ratio 0.1',
    '--warmup-steps stands in place of --warmup-ratio: give one of them.',
  ],
  [
    'train',
    '--model m --train-file t --output-dir o --lr-scheduler-type constant --warmup-steps 10',
    '--warmup-steps has no effect with --lr-scheduler-type constant',
  ],
  [
    'train',
    '--model m --train-file t --validation-file v --output-dir o --metric-for-best-model eval_loss',
    'Here it is loss.',
  ],
  [
    'train',
    '--model m --train-file t --output-dir o --report_to wandb',
    'unknown option --report_to: event files for TensorBoard (runs/) and metrics.jsonl are always written into --output-dir',
  ],
  [
    'train',
    '--model m --train-file t --output-dir o --fp16',
    'unknown option --fp16: training is in float32',
  ],
  [
    'train',
    '--model m --train-file t --output-dir o --bf16 True',
    'unknown option --bf16: training is in float32',
  ],
  [
    'train',
    '--model m --train-file t --output-dir o --local-rank 0',
    'unknown option --local-rank: several processes train together by --distributed mpi',
  ],
  ['train', '--model m --train-file t --output-dir o --push-to-hub', 'vda push RUN --repo-id OWNER/NAME'],
  ['train', '--model m --train-file t --output-dir o --greater-is-better false', 'of loss the lowest'],
  ['eval', '--model m --dataset mr', '--dataset mr needs --data-dir'],
  ['predict', 'hello --model m --test-file t', 'exclude each other'],
  ['predict', 'hello --model m --text-column t', '--text-column needs --test-file'],
  [
    'pretrain',
    '--train-files a b --output-dir o --hidden-size 130 --num-attention-heads 4',
    'a multiple of --num-attention-heads 4, got 130',
  ],
  ['pretrain', '--train-files a --output-dir o --model m --vocab-size 500', 'sizes are those of the model'],
  [
    'pretrain',
    '--train-files a --output-dir o --embedding-init cooccurrence --vocab-size 20000',
    'at most 16384, got 20000',
  ],
] as const)('vda %s refuses %s', (name, argv, message) => {
  const spec = specs.find((each) => each.name === name)!;
  expect(() => resolve(spec, argv)).toThrow(message);
});

test('vda pretrain takes several files', () => {
  expect(resolve(pretrainSpec, '--train-files a b.gz --output-dir o').trainFiles).toEqual(['a', 'b.gz']);
});

test('options of the Trainer are told what to use, once each, in files and programs too', () => {
  for (const key of Object.keys(trainSpec.insteadOf!)) {
    expect(optionsOf(trainSpec as unknown as CommandSpec).map((info) => info.key)).not.toContain(key);
  }
  const file = { report_to: 'none', fp16: true };
  const reading = () => configValues(trainSpec as unknown as CommandSpec, file, { where: 'a.yaml' });
  expect(reading).toThrow(
    /unknown key report_to in a.yaml: event files .*unknown key fp16 in a.yaml: training is in/s,
  );
  const flags = () => parseFlags(trainSpec as unknown as CommandSpec, ['--fp16', 'true', 'stray']);
  expect(flags).toThrow(/^(?!.*'true').*--fp16: training.*unexpected argument 'stray'/s);
  expect(() => trainOptions({ model: 'm', outputDir: 'o', fp16: true } as never)).toThrow(
    'trainOptions: there is no option fp16: training is in float32',
  );
});
