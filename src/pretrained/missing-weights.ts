import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import type { ModelConfig } from '../models/config.ts';
import { families as registered } from '../models/families.ts';
import type { Families, Family, FamilyOptions } from '../models/family.ts';

/**
 * What a checkpoint lacks, and why, as far as its own names tell: those of a wrapped model carry a prefix
 * (`module.x.…`, saved from `DataParallel`), those of another architecture its name.
 * @param missing names that are expected and not there, at least one
 * @param found names that are there
 * @returns two sentences: what is missing, and what to do
 */
export function explainMissing(
  missing: readonly string[],
  p: FamilyOptions & {
    readonly folder: string;
    readonly found: Iterable<string>;
    readonly config: Pick<ModelConfig, 'modelType'>;
    readonly family: Pick<Family, 'stored'>;
    /** What the tensors belong to, such as `the encoder`. */
    readonly of: string;
  },
): string {
  const { folder, found, config, of } = p;
  const families: Families = p.families ?? registered;
  const lacks = `The weights in ${folder} are not whole: ${excerptList(missing, { quote: false })} of ${of} missing.`;
  const alike = otherName(missing, { found, own: p.family.stored.prefix });
  if (alike === undefined) {
    return `${lacks} Fetch the model again, or correct config.json if it names another size.`;
  }
  const { stored, prefix } = alike;
  const family = Object.keys(families).find((type) => prefix === `${families[type]!.stored.prefix}.`);
  const called = `They call it ${quotedExcerpt(stored)}`;
  if (family !== undefined) {
    return `${lacks} ${called}: config.json says model_type "${config.modelType}", the weights are of "${family}". Take both from one model.`;
  }
  return (
    `${lacks} ${called}, with the prefix "${prefix}": save the model itself, not what wraps it (for DataParallel ` +
    '`model.module.save_pretrained(folder)`, after torch.compile `model._orig_mod.save_pretrained(folder)`), or rename the tensors.'
  );
}

/** The first stored name that ends as an expected one does, and what it has in front of the family's own prefix. */
function otherName(
  missing: readonly string[],
  { found, own }: { readonly found: Iterable<string>; readonly own: string },
): { readonly stored: string; readonly prefix: string } | undefined {
  const names = [...found];
  for (const name of missing.slice(0, 3)) {
    const bare = name.startsWith(`${own}.`) ? name.slice(own.length + 1) : name;
    const stored = names.find((one) => one.endsWith(`.${bare}`) && one !== name);
    if (stored === undefined) continue;
    const prefix = stored.slice(0, -bare.length);
    const wrapping = prefix.endsWith(`.${own}.`) ? prefix.slice(0, -own.length - 1) : prefix;
    return { stored, prefix: wrapping };
  }
  return undefined;
}
