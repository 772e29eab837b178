import {
  classifierFromFiles,
  createClassifier,
  createMaskedLm,
  type ModelFiles,
  maskedLmFromFiles,
  type OrtWeb,
  webRuntime,
} from '../../src/inference.ts';

/** What a page does with a model: asks it and proposes words. Results as JSON has them. */
export async function run({ files, ort }: { readonly files: ModelFiles; readonly ort: OrtWeb }) {
  const runtime = webRuntime(ort);
  const classifier = await createClassifier(classifierFromFiles(files), { runtime });
  const maskedLm = createMaskedLm(maskedLmFromFiles(files), { runtime });
  const logits = await classifier.logits([{ text: 'a good film' }, { text: 'a dull cast' }]);
  const [words] = await maskedLm.unmaskedCandidates([{ words: ['a', 'good', 'film'] }], { topK: 3 });
  return {
    logits: logits.map((row) => [...row]),
    words: words!.map(({ candidates }) => candidates.map(({ ids }) => Array.from(ids))),
    identity: classifier.identity(),
  };
}
