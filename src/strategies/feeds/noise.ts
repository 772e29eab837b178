import { randomKey } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { createScratch } from '../../memory/scratch.ts';

export interface NoiseRequest {
  readonly exampleIds: readonly number[];
  /** Positions of a text. */
  readonly length: number;
  /** Numbers at each position. */
  readonly columns: number;
  /** Independent samples of the whole batch, stacked. */
  readonly samples: number;
  readonly epoch: number;
}

/**
 * Gaussian noise ε ~ N(0, std²), `[samples·batch, length, columns]`. A number depends on (seed, purpose, epoch, sample,
 * example, position, column) alone. The tensor's buffer is overwritten by the next call.
 */
export function createNoise({
  seed,
  purpose,
  std,
}: {
  readonly seed: number;
  readonly purpose: string;
  readonly std: number;
}) {
  const key = randomKey(seed, purpose);
  const scratch = createScratch();

  return ({ exampleIds, length, columns, samples, epoch }: NoiseRequest): Tensor<'float32'> => {
    const size = samples * exampleIds.length * length * columns;
    const { kernels, buffer } = scratch(size * 4);
    for (let sample = 0; sample < samples; sample++) {
      for (const [row, b] of exampleIds.entries()) {
        const offset = (sample * exampleIds.length + row) * length * columns * 4;
        kernels.fillNormal({
          offset,
          rows: length,
          columns,
          key,
          firstRow: (sample << 24) >>> 0,
          b,
          c: epoch,
          std,
        });
      }
    }
    const shape = [samples * exampleIds.length, length, columns];
    return { dtype: 'float32', shape, data: new Float32Array(buffer, 0, size) };
  };
}
