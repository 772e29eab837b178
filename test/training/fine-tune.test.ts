import {
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecipeName } from '../../src/attacks/recipes/index.ts';
import { victimOf } from '../../src/inference/victim-of.ts';
import { createClassifier, createMaskedLm } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { readResults } from '../../src/runs/results-file.ts';
import type { StrategyChoice } from '../../src/strategies/index.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import type { TrainOptions } from '../../src/training/train-options.ts';
import { attackSequentially } from '../attacks/sequential-oracle.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from './runs.ts';
import { noisyVda, tinyDataset, tinyFineTune } from './tiny-fine-tune.ts';
import { tinyVocabulary, writeTinyModel } from './tiny-model.ts';
import { quietHooks } from './toy-run.ts';

const modelBytes = (folder: string) => readFileSync(join(folder, 'model.safetensors'));
const finalWeights = (folder: string) => {
  const file = readSafetensors(join(folder, 'model.safetensors'));
  return [...file.entries.keys()].sort().flatMap((name) => [...readFloat32(file, name).data]);
};

/** Removes a run's model and checkpoints: it may be started anew beside what else its folder keeps. */
function forgetTraining(folder: string): void {
  for (const name of readdirSync(folder)) {
    const isModel = name === 'model.safetensors' || name === 'config.json' || name.startsWith('checkpoint-');
    if (isModel) rmSync(join(folder, name), { recursive: true });
  }
}

describe('fineTune', () => {
  it('leaves a finished run alone, records what a run was, and goes on where it was asked to', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const saving = { saveStrategy: 'epoch' } as const;
    await tinyFineTune({ modelFolder, outputDir, options: saving });
    const before = modelBytes(outputDir);
    const record = JSON.parse(readFileSync(join(outputDir, 'run.json'), 'utf8'));
    expect(record).toMatchObject({
      command: 'train',
      options: { strategy: 'standard', vda: false, learningRate: 1e-3, outputDir, trainFile: 'tiny' },
      data: { trainFile: 'tiny' },
      inputs: 'texts',
      modelFolders: { model: modelFolder },
      identity: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await expect(tinyFineTune({ modelFolder, outputDir, options: { seed: 9 } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('already holds a run. Go on with it by resumeFromCheckpoint last'),
    });
    expect(modelBytes(outputDir)).toEqual(before);
    const sameFolder = tinyFineTune({ modelFolder, outputDir: modelFolder });
    await expect(sameFolder).rejects.toMatchObject({ code: 'conflict' });

    const options = { ...saving, resumeFromCheckpoint: 'last' } as const;
    const other = tinyFineTune({ modelFolder, outputDir, options: { ...options, seed: 9 } });
    await expect(other).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/seed/) });
    expect((await tinyFineTune({ modelFolder, outputDir, options })).result.steps).toBe(6);
    expect(modelBytes(outputDir)).toEqual(before);
  });

  it('reads the options that the command line reads: texts drawn and added, model, device and resume', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const few = { maxTrainSamples: 4, numTrainEpochs: 1, numThreads: 1 };
    const { result } = await tinyFineTune({ modelFolder, outputDir, options: few });
    expect(result.steps).toBe(1); // 4 texts in one batch

    const named = temporaryFolder();
    await tinyFineTune({ outputDir: named, options: { ...few, model: modelFolder } });
    expect(modelBytes(named)).toEqual(modelBytes(outputDir));

    const device = { device: 'webgpu' } as const; // not among the providers of the default build: asked, so refused
    const asked = tinyFineTune({ modelFolder, outputDir: temporaryFolder(), runtime: {}, options: device });
    await expect(asked).rejects.toMatchObject({ name: 'VdaError', code: 'unsupported' });

    const missing = join(temporaryFolder(), 'results.jsonl');
    const added = tinyFineTune({
      ...{ modelFolder, outputDir: temporaryFolder() },
      options: { augmentFiles: [missing] },
    });
    await expect(added).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(missing),
    });
    const last = tinyFineTune({
      ...{ modelFolder, outputDir: temporaryFolder() },
      options: { resumeFromCheckpoint: 'last' },
    });
    await expect(last).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    [{ loadBestModelAtEnd: true }, 'loadBestModelAtEnd'],
    [{ earlyStoppingPatience: 2 }, 'earlyStoppingPatience'],
    [{ metricForBestModel: 'attack_accuracy' }, 'metricForBestModel'],
    [{ validationFile: 'dev.tsv', evalStrategy: 'epoch' }, 'validationFile'],
  ] as const)('refuses %j without validation texts', async (options, name) => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const asked = tinyFineTune({ modelFolder, outputDir: temporaryFolder(), options });
    await expect(asked).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(name) });
  });

  it('matches the classes of validation texts by name, and refuses texts of one class', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const { examples } = tinyDataset;
    const turned = {
      ...tinyDataset,
      labels: tinyDataset.labels.toReversed(),
      examples: examples.map((one) => ({ ...one, label: 1 - one.label })),
    };
    const [straight, swapped] = await Promise.all(
      [tinyDataset, turned].map(async (validation) => {
        const { result } = await tinyFineTune({
          ...{ modelFolder, outputDir: temporaryFolder(), validation },
          options: { evalStrategy: 'epoch' },
        });
        return result.evaluation;
      }),
    );
    expect(swapped).toEqual(straight);

    const one = { ...tinyDataset, examples: examples.filter(({ label }) => label === 0) };
    const training = tinyFineTune({ modelFolder, outputDir: temporaryFolder(), train: one });
    await expect(training).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('fewer than two classes'),
    });
  });

  it('is refused where another training is at work in the folder', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const both = [tinyFineTune({ modelFolder, outputDir }), tinyFineTune({ modelFolder, outputDir })];
    const [first, second] = await Promise.allSettled(both);
    expect(first).toMatchObject({ status: 'fulfilled', value: { result: { steps: 6 } } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(metricsOf(outputDir).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each<[string, VdaOptions | undefined]>([
    ['plain', undefined],
    ['VDA', noisyVda],
  ])('%s: 4 batches of 1 train as 1 of 4, dropout and noise on', async (_, vda) => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const [whole, cut] = [temporaryFolder(), temporaryFolder()];
    await tinyFineTune({ modelFolder, outputDir: whole, options: { vda } });
    const single = { vda, perDeviceTrainBatchSize: 1, gradientAccumulationSteps: 4 };
    await tinyFineTune({ modelFolder, outputDir: cut, options: single });
    const losses = (folder: string) => metricsOf(folder).map(({ loss }) => loss!);
    expect(losses(whole)).toHaveLength(6);
    for (const [i, loss] of losses(cut).entries()) expect(loss).toBeCloseTo(losses(whole)[i]!, 5);
    // Adam divides by the gradient's size, so where that is nothing but rounding, a weight may go either way by lr.
    const expected = finalWeights(whole);
    const apart = finalWeights(cut).map((w, i) => Math.abs(w - expected[i]!));
    expect(apart.filter((d) => d > 1e-5).length).toBeLessThan(0.01 * apart.length);
  });

  it.each<[string, VdaOptions | undefined]>([
    ['plain', undefined],
    ['VDA', noisyVda],
  ])('%s: stopped after step 2 and resumed, ends in the same bytes', async (_, vda) => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    const common = {
      modelFolder,
      validation: tinyDataset,
      options: { vda, evalStrategy: 'epoch', saveStrategy: 'epoch' },
    } as const;
    await tinyFineTune({ ...common, outputDir: whole });
    const { result } = await tinyFineTune({ ...common, outputDir: parts, stopAfter: 2 });
    expect(result).toMatchObject({ interrupted: true, steps: 2 });
    const candidates = join(parts, 'candidates.bin');
    if (vda) utimesSync(candidates, 1, 1);
    await tinyFineTune({ ...common, outputDir: parts, resumeFrom: lastCheckpoint(parts) });
    expect(modelBytes(parts)).toEqual(modelBytes(whole));
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
    if (vda) expect(statSync(candidates).mtimeMs).toBe(1000); // not worked out again
  });

  it.each([{ labelSmoothingFactor: 0.2 }, { classWeights: [1, 3] }, { trainTemperature: 3 }])(
    'trains with an option of the loss, %j, and goes on with it alone',
    async (loss) => {
      const modelFolder = writeTinyModel(temporaryFolder());
      const [plain, whole, parts] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
      const options = { ...loss, saveStrategy: 'epoch' } as const;
      await tinyFineTune({ modelFolder, options: { saveStrategy: 'epoch' }, outputDir: plain });
      await tinyFineTune({ modelFolder, options, outputDir: whole });
      expect(modelBytes(whole)).not.toEqual(modelBytes(plain));
      await tinyFineTune({ modelFolder, options, outputDir: parts, stopAfter: 2 });
      const resumeFrom = lastCheckpoint(parts);
      const without = tinyFineTune({ modelFolder, outputDir: parts, resumeFrom });
      await expect(without).rejects.toThrow(`loss.${Object.keys(loss)[0]}`);
      await tinyFineTune({ modelFolder, options, outputDir: parts, resumeFrom });
      expect(modelBytes(parts)).toEqual(modelBytes(whole));
    },
  );

  it('refuses class weights for another number of classes', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const options = { classWeights: [1, 2, 3] };
    await expect(tinyFineTune({ modelFolder, options, outputDir: temporaryFolder() })).rejects.toMatchObject({
      code: 'usage',
      message:
        'fineTune: classWeights: expected 2 weights, one for each class in the order of the labels, got 3.',
    });
  });

  it.each<StrategyChoice>([
    { name: 'freelb' },
    { name: 'smart', settings: { bregmanWeight: 1 } },
    { name: 'smix' },
    { name: 'rdrop' },
    { name: 'pgd' },
  ])('$name with VDA: stopped after step 2 and resumed, ends in the same bytes', async (strategy) => {
    await expectSameBytesAfterResume({ strategy, vda: noisyVda });
  });

  it.each<Partial<VdaOptions>>([
    { mixture: 'adversarial' },
    { mixture: 'adversarial', hullTemperature: 0.3, candidateSources: ['wordnet', 'mlm'] },
    { mixture: 'random', dirichletAlpha: 0.5 },
    { mixture: 'rarest' },
  ])('with substitutes, %j: stopped after step 2 and resumed, ends in the same bytes', async (changes) => {
    const vda: VdaOptions = { ...noisyVda, virtualBudget: 1, ...changes };
    const [first] = await expectSameBytesAfterResume({ strategy: { name: 'standard' }, vda });
    expect(first!.reg).toBeGreaterThan(0);
  });

  async function expectSameBytesAfterResume(method: Pick<TrainOptions, 'strategy' | 'vda'>) {
    const modelFolder = writeTinyModel(temporaryFolder());
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    const options = { ...method, saveStrategy: 'epoch' } as const;
    await tinyFineTune({ modelFolder, options, outputDir: whole });
    await tinyFineTune({ modelFolder, options, outputDir: parts, stopAfter: 2 });
    await tinyFineTune({ modelFolder, options, outputDir: parts, resumeFrom: lastCheckpoint(parts) });
    expect(modelBytes(parts)).toEqual(modelBytes(whole));
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
    return metricsOf(whole);
  }

  it.each<[string, VdaOptions | undefined, RecipeName]>([
    ['plain', undefined, 'bert-attack'],
    ['VDA', noisyVda, 'bert-attack'],
    ['plain', undefined, 'a2t'],
  ])(
    '%s with texts attacked anew each epoch: stopped anywhere and resumed, ends in the same bytes, %3$s',
    async (_, vda, adaRecipe) => {
      const modelFolder = writeTinyModel(temporaryFolder());
      const options = { vda, adaExamples: 4, adaRecipe, numTrainEpochs: 3, saveStrategy: 'epoch' } as const;
      const whole = temporaryFolder();
      const { said } = await tinyFineTune({ modelFolder, options, outputDir: whole });
      expect(said.filter((line) => line.startsWith('Attacking 4 training texts'))).toHaveLength(2);
      expect(metricsOf(whole).filter(({ loss }) => loss !== undefined)).toHaveLength(12); // 14 texts, 3 epochs
      for (const stopAfter of [4, 6]) {
        const parts = temporaryFolder();
        await tinyFineTune({ modelFolder, options, outputDir: parts, stopAfter });
        await tinyFineTune({ modelFolder, options, outputDir: parts, resumeFrom: lastCheckpoint(parts) });
        expect(modelBytes(parts)).toEqual(modelBytes(whole));
        expect(metricsOf(parts)).toEqual(metricsOf(whole));
      }
      const mid = temporaryFolder();
      await tinyFineTune({ modelFolder, options, outputDir: mid, stopAfter: 6 });
      rmSync(join(mid, 'ada'), { recursive: true });
      const again = tinyFineTune({ modelFolder, options, outputDir: mid, resumeFrom: lastCheckpoint(mid) });
      await expect(again).rejects.toThrow(/epoch-2.jsonl is missing/);
    },
  );

  it('attacked by a2t, asks no masked language model, and is another training than by bert-attack', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const options = { adaExamples: 4, adaRecipe: 'a2t', numTrainEpochs: 2 } as const;
    const nowhere = join(temporaryFolder(), 'nowhere');
    const outputDir = temporaryFolder();
    const { said } = await tinyFineTune({ modelFolder, options, outputDir, maskedLm: nowhere });
    expect(said).toContainEqual(expect.stringMatching(/^Attacking 4 training texts/));
    const { identity } = JSON.parse(readFileSync(join(outputDir, 'run.json'), 'utf8'));
    expect(identity.parts.adaAttack.id).toBe('a2t');
    expect(identity.parts).not.toHaveProperty('attack');
    expect(identity.parts).not.toHaveProperty('maskedLm');
  });

  it('attacks another classifier once for what fools it; stopped and resumed, ends in the same bytes', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const adaModel = temporaryFolder();
    await tinyFineTune({ modelFolder, outputDir: adaModel, options: { numTrainEpochs: 6, dropout: 0 } });
    const options = { vda: noisyVda, adaExamples: 8, adaModel, saveStrategy: 'epoch' } as const;
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    const { said } = await tinyFineTune({ modelFolder, options, outputDir: whole });
    const found = readResults(join(whole, 'ada/static.jsonl')).records;
    const fooling = found.filter(({ status }) => status === 'success');
    expect(found).toHaveLength(8);
    expect(said).toContain(`${fooling.length} of 8 training texts fool ${adaModel} and are added.`);
    await tinyFineTune({ modelFolder, options, outputDir: parts, stopAfter: 2 });
    const resumed = { modelFolder, options, outputDir: parts, resumeFrom: lastCheckpoint(parts) };
    expect((await tinyFineTune(resumed)).said).not.toContainEqual(expect.stringMatching(/^Attacking/));
    expect(modelBytes(parts)).toEqual(modelBytes(whole));
    const ofThree = writeTinyModel(temporaryFolder(), { leaveOut: 'nothing' });
    const other = { modelFolder, outputDir: temporaryFolder(), options: { ...options, adaModel: ofThree } };
    await expect(tinyFineTune(other)).rejects.toThrow(
      /has the classes .*, the training texts negative, positive/,
    );
  });

  it.each<[string, VdaOptions | undefined]>([
    ['plain', undefined],
    ['VDA', noisyVda],
  ])('%s with attacks: resumed into another folder amid an epoch, ends in the same bytes', async (_, vda) => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const [whole, first, second] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const common = {
      ...{ modelFolder, validation: tinyDataset },
      options: {
        ...{ vda, adaExamples: 4, numTrainEpochs: 3, loadBestModelAtEnd: true },
        evalStrategy: 'epoch',
        saveStrategy: 'epoch',
      },
    } as const;
    await tinyFineTune({ ...common, outputDir: whole });
    await tinyFineTune({ ...common, outputDir: first, stopAfter: 6 });
    await tinyFineTune({ ...common, outputDir: second, resumeFrom: lastCheckpoint(first) });
    expect(modelBytes(second)).toEqual(modelBytes(whole));
    expect(metricsOf(second)).toEqual(metricsOf(whole));
  });

  it('started anew, takes the attacks of an earlier start under the same settings, and of no other', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const [fresh, used] = [temporaryFolder(), temporaryFolder()];
    const options = { adaExamples: 4, seed: 2 };
    const attacksIn = async (outputDir: string, own: object) => {
      forgetTraining(outputDir);
      const { said } = await tinyFineTune({ modelFolder, outputDir, options: { ...options, ...own } });
      return said.filter((line) => line.startsWith('Attacking')).length;
    };
    await attacksIn(fresh, {});
    expect(await attacksIn(used, { seed: 1 })).toBe(1);
    expect(await attacksIn(used, {})).toBe(1);
    expect(modelBytes(used)).toEqual(modelBytes(fresh));
    expect(await attacksIn(used, {})).toBe(0);
    expect(modelBytes(used)).toEqual(modelBytes(fresh));

    const [plain, other] = [temporaryFolder(), temporaryFolder()];
    await tinyFineTune({ modelFolder, outputDir: plain, options: { numTrainEpochs: 6, dropout: 0 } });
    await tinyFineTune({ modelFolder, outputDir: other, options: { numTrainEpochs: 1, dropout: 0 } });
    expect(await attacksIn(used, { adaModel: plain })).toBe(1);
    expect(await attacksIn(used, { adaModel: plain })).toBe(0);
    expect(await attacksIn(used, { adaModel: plain, adaExamples: 8 })).toBe(1);
    expect(await attacksIn(used, { adaModel: other, adaExamples: 8 })).toBe(1);
    await attacksIn(fresh, { adaModel: other, adaExamples: 8 });
    expect(modelBytes(used)).toEqual(modelBytes(fresh));
  });

  it.each([
    ['attack', 'Attacking 4 training texts for epoch 2'],
    ['candidates', 'of them fool the model'],
  ])(
    'interrupted in the %s of an epoch, saves the steps before, and goes on to the same bytes',
    async (_, cue) => {
      const modelFolder = writeTinyModel(temporaryFolder());
      const [whole, parts] = [temporaryFolder(), temporaryFolder()];
      const common = { modelFolder, options: { vda: noisyVda, adaExamples: 4 } } as const;
      await tinyFineTune({ ...common, outputDir: whole });
      const stop = new AbortController();
      const { result } = await tinyFineTune({
        ...{ ...common, outputDir: parts, hooks: { ...quietHooks().hooks, signal: stop.signal } },
        say: (line) => {
          if (line.includes(cue)) stop.abort(new Error('stopped by the test'));
        },
      });
      expect(result).toMatchObject({ interrupted: true, steps: 4 }); // 14 texts, batches of 4
      await tinyFineTune({ ...common, outputDir: parts, resumeFrom: join(parts, 'checkpoint-4') });
      expect(modelBytes(parts)).toEqual(modelBytes(whole));
      expect(metricsOf(parts)).toEqual(metricsOf(whole));
    },
  );

  it('interrupted before its first step, saves nothing', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const signal = AbortSignal.abort(new Error('stopped by the test'));
    const options = { vda: noisyVda, adaExamples: 4 };
    const hooks = { ...quietHooks().hooks, signal };
    await expect(tinyFineTune({ modelFolder, outputDir, options, hooks })).rejects.toThrow(
      'stopped by the test',
    );
    expect(lastCheckpoint(outputDir)).toBeUndefined();
  });

  it('learns: the loss on its own training texts falls', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const options = { evalStrategy: 'epoch', numTrainEpochs: 16, dropout: 0 } as const;
    const outputDir = temporaryFolder();
    await tinyFineTune({ modelFolder, outputDir, options, validation: tinyDataset });
    const losses = metricsOf(outputDir).flatMap(({ evalLoss }) => evalLoss ?? []);
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  });

  it('says which parameters are new and how many texts are cut', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const options = { maxSteps: 1, maxSeqLength: 6 };
    const { said } = await tinyFineTune({ modelFolder, outputDir: temporaryFolder(), options });
    expect(said).toContain('New parameters, at random: classifier.weight, classifier.bias.');
    expect(said).toContainEqual(expect.stringMatching(/[1-9] of 10 training texts are cut to 6 tokens/));
  });

  it('refuses a checkpoint that lacks parts of its encoder, unless they may be missing', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const path = join(modelFolder, 'model.safetensors');
    const file = readSafetensors(path);
    const wrapped = [...file.entries.keys()].map(
      (name) => [`module.${name}`, readFloat32(file, name)] as const,
    );
    writeSafetensors(path, new Map(wrapped));
    const training = { modelFolder, outputDir: temporaryFolder() };
    await expect(tinyFineTune(training)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        /bert\.embeddings\.word_embeddings\.weight, .* more of the encoder missing.*prefix "module\.".*allowMissing/,
      ),
    });
    const { said } = await tinyFineTune({ ...training, options: { allowMissing: true, maxSteps: 1 } });
    expect(said.join('\n')).toMatch(/New parameters, at random: bert\.embeddings\.word_embeddings\.weight/);
  });

  it('says that a checkpoint has more layers than its configuration', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const path = join(modelFolder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...config, num_hidden_layers: config.num_hidden_layers - 1 }));
    const options = { maxSteps: 1 };
    const { said } = await tinyFineTune({ modelFolder, outputDir: temporaryFolder(), options });
    expect(said).toContainEqual(expect.stringMatching(/^The checkpoint has more layers than the 1 that its/));
  });

  it('saves a classifier of one class a text, whatever problem the checkpoint was made for', async () => {
    const modelFolder = writeTinyModel(temporaryFolder(), { leaveOut: '(nothing)' });
    const path = join(modelFolder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...config, problem_type: 'multi_label_classification' }));
    const outputDir = temporaryFolder();
    await tinyFineTune({ modelFolder, outputDir, options: { maxSteps: 1 } });
    const saved = JSON.parse(readFileSync(join(outputDir, 'config.json'), 'utf8'));
    expect(saved.problem_type).toBe('single_label_classification');
    await expect(loadClassifier(outputDir)).resolves.toMatchObject({ folder: outputDir });
  });

  it('starts the last layer anew, and says so, where the data has another number of classes', async () => {
    const modelFolder = writeTinyModel(temporaryFolder(), { leaveOut: 'nothing' }); // a classifier of three classes
    const outputDir = temporaryFolder();
    const { said } = await tinyFineTune({ modelFolder, outputDir, options: { maxSteps: 1 } });
    expect(said).toContain(
      'The checkpoint tells 3 classes apart, the data has 2: its last layer starts anew.',
    );
    expect(said).toContain('New parameters, at random: classifier.weight, classifier.bias.');
    const saved = readSafetensors(join(outputDir, 'model.safetensors'));
    expect(readFloat32(saved, 'classifier.weight').shape).toEqual([2, 32]);
  });

  it('measures accuracy after attack at each evaluation, and keeps the model that has most of it', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const { result } = await tinyFineTune({
      ...{ modelFolder, outputDir, validation: tinyDataset },
      options: {
        ...{ numTrainEpochs: 6, dropout: 0, evalStrategy: 'epoch', saveStrategy: 'epoch' },
        ...{ metricForBestModel: 'attack_accuracy', loadBestModelAtEnd: true },
      },
    });
    const curve = metricsOf(outputDir).flatMap(({ evalAttackAccuracy }) => evalAttackAccuracy ?? []);
    expect(curve).toHaveLength(6);
    expect(result.evaluation?.attackAccuracy).toBe(Math.max(...curve));

    // The saved model, attacked one by one by the oracle of the attack.
    const victimModel = await loadClassifier(outputDir);
    const classifier = await createClassifier(victimModel, { numThreads: 1, maxLength: 16 });
    const victim = victimOf(classifier);
    const maskedLm = createMaskedLm(await loadMaskedLm(modelFolder), { numThreads: 1, maxLength: 16 });
    const recipe = loadRecipe('bert-attack');
    let robust = 0;
    for (const example of tinyDataset.examples) {
      const { status } = await attackSequentially(example, { recipe, victim, maskedLm });
      if (status === 'failed') robust++;
    }
    expect(result.evaluation?.attackAccuracy).toBe(robust / tinyDataset.examples.length);
  });

  it('makes candidates anew for another number of them, and when the file is not whole', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const [data, index] = [join(outputDir, 'candidates.bin'), join(outputDir, 'candidates.json')];
    const sizeFor = async (topK: number) => {
      const options = { maxSteps: 1, vda: { ...noisyVda, topK } };
      forgetTraining(outputDir);
      await tinyFineTune({ modelFolder, outputDir, options });
      return statSync(data).size;
    };
    const small = await sizeFor(4);
    const { fingerprint } = JSON.parse(readFileSync(index, 'utf8'));
    expect(await sizeFor(8)).toBe(2 * small);
    expect(JSON.parse(readFileSync(index, 'utf8')).fingerprint).not.toBe(fingerprint);
    truncateSync(data, 100);
    expect(await sizeFor(8)).toBe(2 * small);
    rmSync(data);
    expect(await sizeFor(8)).toBe(2 * small);
  });

  it('mixes substitutes alone with the filter of candidates, and then the original where there are none', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const vda = { ...noisyVda, candidateFilter: 'related' } as const;
    await tinyFineTune({ modelFolder, outputDir, options: { vda, dropout: 0 } });
    const regs = metricsOf(outputDir).map(({ reg }) => reg!);
    expect(regs.some((reg) => reg > 0)).toBe(true);
    const all = temporaryFolder();
    await tinyFineTune({ modelFolder, outputDir: all, options: { vda: noisyVda, dropout: 0 } });
    expect(regs[0]).toBeLessThan(metricsOf(all)[0]!.reg!);
  });

  it('refuses a masked LM of another vocabulary', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const vocabulary = tinyVocabulary.map((token) => (token === 'film' ? 'movie' : token));
    const maskedLm = writeTinyModel(temporaryFolder(), { vocabulary });
    const options = { vda: noisyVda };
    await expect(
      tinyFineTune({ modelFolder, maskedLm, outputDir: temporaryFolder(), options }),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('another vocabulary') });
  });

  it('refuses more candidates than the masked LM has tokens', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const options = { vda: { ...noisyVda, topK: 50, excludeOriginal: true } };
    await expect(tinyFineTune({ modelFolder, outputDir: temporaryFolder(), options })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/topK 50: expected at most 49/),
    });
  });

  it('refuses a model whose configuration is not that of its weights', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const path = join(modelFolder, 'config.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"hidden_size": 32', '"hidden_size": 64'));
    await expect(tinyFineTune({ modelFolder, outputDir: temporaryFolder() })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
