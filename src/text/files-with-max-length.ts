/**
 * Tokenizer files whose `model_max_length` is at most what the model has positions for: transformers and transformers.js cut
 * texts to it when they are told to truncate.
 */
export function filesWithMaxLength(
  files: Readonly<Record<string, string>>,
  longest: number,
): Readonly<Record<string, string>> {
  const config = JSON.parse(files['tokenizer_config.json'] ?? '{}') as Record<string, unknown>;
  const { model_max_length: stated } = config;
  if (typeof stated === 'number' && stated <= longest) return files;
  const limited = { ...config, model_max_length: longest };
  return { ...files, 'tokenizer_config.json': `${JSON.stringify(limited, null, 2)}\n` };
}
