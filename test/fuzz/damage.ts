import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { VdaError } from '../../src/base/error.ts';
import { mutatedBytes, mutatedJson } from './mutate-json.ts';
import { mutatedLines } from './mutate-lines.ts';

/** A file of a run's folder, and what it is to hold instead; `undefined`: it is gone. */
export interface Damage {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

/** Damage of any one of these files, by the kind that their names tell. */
export const damageOf = (paths: readonly string[]): fc.Arbitrary<Damage> =>
  fc.oneof(
    ...paths.map((path) => {
      const valid = readFileSync(path);
      const changed: fc.Arbitrary<Uint8Array> = path.endsWith('.json')
        ? fc.oneof(
            {
              weight: 3,
              arbitrary: mutatedJson(JSON.parse(valid.toString())).map((json) => Buffer.from(json)),
            },
            { weight: 1, arbitrary: mutatedBytes(valid) },
          )
        : path.endsWith('.jsonl')
          ? mutatedLines(valid.toString())
          : mutatedBytes(valid);
      return fc
        .oneof({ weight: 20, arbitrary: changed }, { weight: 1, arbitrary: fc.constant(undefined) })
        .map((bytes): Damage => ({ path, bytes }));
    }),
  );

/** What a file that is whole does not say is missing from its folder. */
const isOfFolder = ({ code, message }: VdaError, path: string): boolean =>
  ['usage', 'conflict', 'not-found'].includes(code) && message.includes(dirname(path));

/**
 * Damages a file, reads, and puts the file back as it was.
 * @throws what reading throws; an `Error` where that is a `VdaError` which does not name the file
 */
export async function whileDamaged({ path, bytes }: Damage, read: () => unknown): Promise<void> {
  const before = readFileSync(path);
  if (bytes === undefined) rmSync(path);
  else writeFileSync(path, bytes);
  try {
    await read();
  } catch (thrown) {
    if (thrown instanceof VdaError && !thrown.message.includes(path) && !isOfFolder(thrown, path)) {
      throw new Error(`names another file than ${path}: ${thrown.message}`, { cause: thrown });
    }
    throw thrown;
  } finally {
    writeFileSync(path, before);
  }
}
