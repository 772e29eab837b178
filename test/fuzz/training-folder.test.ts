import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readMetrics } from '../../src/report/read-metrics.ts';
import { restoreCheckpoint } from '../../src/runs/checkpoint.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { resumeRun } from '../../src/runs/resume-run.ts';
import { openMetricsLog, openRunFolder, type RunRecord } from '../../src/runs/run-folder.ts';
import { storedAttack } from '../../src/runs/stored-attack.ts';
import { eventFileName, openEventLog } from '../../src/runs/tensorboard.ts';
import { baseModelOf } from '../../src/runs/trained-model.ts';
import { openCandidates } from '../../src/training/vda/candidate-file.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { toyConfig, toyRun, toyStore } from '../training/toy-run.ts';
import { damageOf, whileDamaged } from './damage.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';

const folder = fuzzFolder();
const resumeFrom = join(folder, 'checkpoint-4');
const inFolder = (...names: readonly string[]) => names.map((name) => join(folder, name));
const [log, events] = inFolder('metrics.jsonl', `runs/${eventFileName}`) as [string, string];

const toyIdentity = identityOf({ run: { id: 'toy' } }); // that of toyRun

const record: RunRecord = {
  command: 'train',
  options: { model: 'owner/base', learningRate: 0.1, outputDir: folder, adaExamples: 3 },
  versions: { vda: '0.1.0' },
  data: { trainFile: 'ab12' },
  inputs: 'texts',
  modelFolders: {},
  identity: toyIdentity,
};
const candidates = (id: number) => ({
  ids: Int32Array.of(id, id + 1, id + 2),
  logProbs: Float32Array.of(-1, -2, -3),
});
const found = [0, 1, 2].map((id) => makeRecord({ id, status: 'failed' }));

async function openTexts() {
  const source = await openCandidates(join(folder, 'candidates'), {
    ...{ fingerprint: 'f', pairs: new Map([0, 1].map((id) => [id, 3])), say: () => {} },
    compute: async function* () {
      for (const id of [0, 1]) yield [id, candidates(id)] as const;
    },
  });
  const texts = [0, 1].map(source.candidatesOf);
  source.close();
  return texts;
}
const openAttack = () =>
  storedAttack(join(folder, 'ada/epoch-2.jsonl'), {
    ...{ identity: toyIdentity, say: () => {}, attack: async () => found },
  });

await toyRun({
  ...{ outputDir: folder, stopAfter: 4, accuracies: [0.9, 0.5] },
  options: { saveStrategy: 'steps', saveSteps: 2, loadBestModelAtEnd: true },
});
writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
await openTexts();
await openAttack();
const wholeLog = readFileSync(log);
const wholeEvents = readFileSync(events);

const files = inFolder(
  ...['run.json', 'metrics.jsonl', 'checkpoint-4/trainer_state.json', 'checkpoint-4/optimizer.safetensors'],
  ...['checkpoint-4/model.safetensors', 'checkpoint-2/model.safetensors', `runs/${eventFileName}`],
);

fuzz('a training goes on from a damaged folder, or is refused with the file and what is wrong', {
  cases: damageOf(files),
  paths: [folder],
  read: (damage) =>
    whileDamaged(damage, () => {
      openRunFolder(folder, { record, resume: true });
      baseModelOf({ folder, config: toyConfig });
      const { state } = resumeRun(resumeFrom, {
        ...{ outputDir: folder, identity: toyIdentity, endsWithBest: true },
      });
      restoreCheckpoint(resumeFrom, { store: toyStore() });
      expect(state.global_step).toBe(4);
      const metrics = openMetricsLog(folder, { keepBytes: state.metrics_bytes });
      metrics.write({ step: 5, epoch: 2.5 });
      expect(readMetrics(log).at(-1)).toEqual({ step: 5, epoch: 2.5 });
      const eventLog = openEventLog({ folder: join(folder, 'runs'), fromStep: 5, now: () => 0 });
      eventLog.scalars(5, { 'train/loss': 1 });
      eventLog.close();
      writeFileSync(log, wholeLog);
      writeFileSync(events, wholeEvents);
    }),
});

fuzz('damaged candidates and adversarial texts are made anew, the same', {
  cases: damageOf(inFolder('candidates.json', 'candidates.bin', 'ada/epoch-2.json', 'ada/epoch-2.jsonl')),
  paths: [folder],
  share: 0.5,
  read: (damage) =>
    whileDamaged(damage, async () => {
      expect(await openTexts()).toEqual([candidates(0), candidates(1)]);
      expect(await openAttack()).toEqual(found);
      expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
    }).catch((thrown: unknown) => {
      throw new Error('not made anew', { cause: thrown });
    }),
});

fuzz('a damaged log of figures is read, or refused with its line', {
  cases: damageOf([log]),
  paths: [log],
  read: (damage) => whileDamaged(damage, () => readMetrics(log)),
});
