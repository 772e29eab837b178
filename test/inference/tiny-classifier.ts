import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Classifier } from '../../src/inference/classifier.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { writeWholeModel } from './whole-model.ts';

/** The tiny BERT's classifier, which reads 16 tokens; for hooks too. */
export async function openTinyClassifier(): Promise<Classifier> {
  const folder = mkdtempSync(join(tmpdir(), 'vda-test-'));
  try {
    const model = await loadClassifier(writeWholeModel(folder));
    return await createClassifier(model, { numThreads: 1, maxLength: 16 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
