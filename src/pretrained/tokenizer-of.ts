import { families as registered } from '../models/families.ts';
import type { FamilyOptions } from '../models/family.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { tokenizerFromFiles } from '../text/tokenizer-from-files.ts';

/**
 * The tokenizer of a model from the texts of its files by name, `config.json` among them: a class that none of them names is
 * that of the model's family.
 * @throws VdaError as {@link tokenizerFromFiles}
 */
export function tokenizerOf(
  files: Readonly<Record<string, string>>,
  { where, families = registered }: FamilyOptions & { readonly where: string },
): Tokenizer {
  const classOfFamily = (modelType: string) =>
    Object.hasOwn(families, modelType) ? families[modelType]!.tokenizerClass : undefined;
  return tokenizerFromFiles(files, { where, classOfFamily });
}
