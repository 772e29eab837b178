import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { packCorpus } from '../../src/pretraining/mlm-corpus.ts';
import { createMaskedLmEvaluation } from '../../src/pretraining/mlm-evaluation.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

test('a masked-LM evaluation is repeated to the same number, and says so once it is released', async () => {
  const model = await loadMaskedLm(writeWholeModel(temporaryFolder()));
  const path = join(temporaryFolder(), 'texts.txt');
  writeFileSync(path, 'a good film\nthe plot is dull\n\nbad cast\n\nso sad\n'.repeat(20));
  const corpus = await packCorpus([path], { tokenizer: model.tokenizer, length: 8 });
  const evaluation = await createMaskedLmEvaluation({ ...model, runtime: { numThreads: 1 } });
  const options = { probability: 0.15, seed: 1 };
  const loss = await evaluation.lossOn(corpus, options);
  expect(loss).toBeGreaterThan(0);
  expect(await evaluation.lossOn(corpus, options)).toBe(loss);
  await evaluation.release();
  await expect(evaluation.lossOn(corpus, options)).rejects.toThrow('was released');
});
