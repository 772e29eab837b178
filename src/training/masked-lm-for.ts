import { VdaError } from '../base/error.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { loadMaskedLm } from '../pretrained/load-masked-lm.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/**
 * The masked language model of a training, which must read texts as the trained model does.
 * @throws VdaError `bad-input` when its vocabulary isn't the model's
 */
export async function maskedLmFor(
  p: { readonly maskedLm: string; readonly modelFolder: string },
  tokenizer: Tokenizer,
): Promise<PretrainedModel> {
  const maskedLm = await loadMaskedLm(p.maskedLm);
  if (maskedLm.tokenizer.files['tokenizer.json'] !== tokenizer.files['tokenizer.json']) {
    const sameSize = maskedLm.tokenizer.vocabSize === tokenizer.vocabSize;
    const differs =
      sameSize &&
      Array.from({ length: tokenizer.vocabSize }, (_, id) => id).some(
        (id) => tokenizer.tokenOf(id) !== maskedLm.tokenizer.tokenOf(id),
      );
    if (!sameSize || differs) {
      throw new VdaError(
        'bad-input',
        `The masked LM ${p.maskedLm} has another vocabulary (${maskedLm.tokenizer.vocabSize} tokens) than the model ${p.modelFolder} (${tokenizer.vocabSize}): its candidates would name the wrong embeddings. Take the masked LM the model comes from.`,
      );
    }
  }
  return maskedLm;
}
