import { tensor } from '../base/tensor.ts';
import type { StoredWeight } from '../models/match-weights.ts';
import { readHeader } from './safetensors-header.ts';
import { float32Decoders } from './stored-dtypes.ts';

/**
 * The tensors of a safetensors file that is in memory, by the names it has for them.
 * @param path what messages call it
 * @throws VdaError as {@link readHeader}
 */
export function safetensorsWeights(bytes: Uint8Array, path: string): ReadonlyMap<string, StoredWeight> {
  const at = (start: number, length: number) => bytes.subarray(start, start + length);
  const { entries } = readHeader({ path, size: bytes.byteLength, read: at });
  return new Map(
    [...entries].map(([name, { dtype, shape, start, bytes: length }]) => {
      const read = () => tensor('float32', shape, float32Decoders[dtype](at(start, length).slice().buffer));
      return [name, { shape, read }] as const;
    }),
  );
}
