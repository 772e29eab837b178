import type { PretrainedModel } from '../../models/pretrained-model.ts';
import { recordedLength } from '../../runs/trained-model.ts';

/** Read where neither the user, the model nor the data set says a length: that of Hugging Face examples. */
const defaultLength = 128;

/**
 * Pieces that a classifier reads of a text: what was asked for, else what it was trained to read, else what the data set
 * asks for, else 128. Of a longer text than in training a model knows as little as of a shorter one.
 * @param options.maxSeqLength from a flag, the configuration file, or the preset of a data set
 * @returns the length, and a remark where the training overrules a data set
 */
export function readingLength(
  {
    maxSeqLength: asked,
    dataset,
  }: { readonly maxSeqLength?: number | undefined; readonly dataset?: string | undefined },
  p: {
    readonly given: ReadonlySet<string>;
    readonly model: Pick<PretrainedModel, 'folder' | 'config'>;
  },
): { readonly maxLength: number; readonly remarks: readonly string[] } {
  if (asked !== undefined && p.given.has('maxSeqLength')) return { maxLength: asked, remarks: [] };
  const recorded = p.model.config.maxSeqLength ?? recordedLength(p.model.folder);
  if (recorded === undefined) return { maxLength: asked ?? defaultLength, remarks: [] };
  const differs = asked !== undefined && asked !== recorded;
  return {
    maxLength: recorded,
    remarks: differs
      ? [
          `Texts are cut to ${recorded} pieces, as when the model was trained, not to the ${asked} of --dataset ${dataset}; --max-seq-length overrules both.`,
        ]
      : [],
  };
}
