import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { excerptList } from '../base/excerpt.ts';
import { isFolder } from '../files/paths.ts';

/** The file that an adapter (PEFT) has in place of `config.json`. */
export const adapterConfig = 'adapter_config.json';

/** How an adapter becomes a model. */
export const adapterAdvice =
  'It is an adapter (PEFT, such as LoRA), which is read with the model that it belongs to merged in. Do so once, in Python, and save the ' +
  'tokenizer there too: `from peft import AutoPeftModelForSequenceClassification as Model; ' +
  'Model.from_pretrained("ADAPTER").merge_and_unload().save_pretrained("MERGED")`.';

/**
 * What a folder without a model's configuration or weights holds in their place, and what to do with it: an adapter, models in folders
 * of its own (checkpoints of a training), weights under another name.
 * @returns sentences; nothing where none of these is there
 */
export function insteadOfModel(folder: string): string | undefined {
  if (!isFolder(folder)) return undefined;
  if (existsSync(join(folder, adapterConfig))) return adapterAdvice;
  const names = readdirSync(folder);
  const within = names.filter((name) => existsSync(join(folder, name, 'config.json')));
  if (within.length > 0) {
    const sorted = within.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return `There are models in its folders ${excerptList(sorted, { quote: false })}: name one of them.`;
  }
  const variant = names.find((name) => /^(model|pytorch_model)\.[\w-]+\.(safetensors|bin)$/.test(name));
  if (variant !== undefined) {
    return `Its weights are called ${variant}: rename them to ${variant.replace(/\.[\w-]+\./, '.')}.`;
  }
  const other = names.find((name) => /\.(pt|pth|ckpt|gguf|bin|safetensors)$/.test(name));
  return other === undefined
    ? undefined
    : `It has ${other}, which is not read: save the model by save_pretrained where it was trained.`;
}
