import { VdaError } from '../../base/error.ts';
import { readStructured } from '../../files/structured-file.ts';
import { type ConfigValues, configValues, describe } from '../../options/config-values.ts';
import type { CommandSpec } from '../../options/spec.ts';

/**
 * Reads `--config FILE`: one YAML or JSON object. Keys in snake_case, kebab-case or camelCase; a `null` leaves
 * the default. Paths inside are relative to the working directory, as in flags.
 * @throws VdaError `not-found` | `bad-input` (not YAML, JSON or not an object) | `usage` (unknown or doubled keys)
 */
export async function readConfigFile(spec: CommandSpec, path: string): Promise<ConfigValues> {
  const content = await readStructured(path, '--config');
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new VdaError(
      'bad-input',
      `--config ${path}: expected an object of options, got ${describe(content)}.`,
    );
  }
  return configValues(spec, content, { where: path });
}
