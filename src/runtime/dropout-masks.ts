import { type RandomKey, randomKey } from '../base/random.ts';
import { sizeOf, type Tensor } from '../base/tensor.ts';
import { evaluateDim } from '../graph/shape.ts';
import type { DropoutSite } from '../nn/dropout.ts';
import type { Kernels } from '../optim/kernels.ts';
import { createScratch } from './scratch.ts';

export interface MaskRequest {
  /** Optimizer step the masks belong to. */
  readonly step: number;
  /** Example ids of the batch; rows beyond them are its virtual copies, in the same order. */
  readonly exampleIds: readonly number[];
  /** Tokens in a row. */
  readonly length: number;
}

/**
 * Draws the keep-masks of all dropout sites of a program for one run. A mask depends on (seed, step, site, example,
 * copy, head, position) alone: not on the batch an example is in, nor on its padding.
 *
 * The tensors share one buffer, overwritten by the next call.
 */
export function createDropoutMasks(sites: readonly DropoutSite[], { seed }: { readonly seed: number }) {
  const key = randomKey(seed, 'dropout');
  const scratch = createScratch();

  return ({ step, exampleIds, length }: MaskRequest): Record<string, Tensor> => {
    const bindings = new Map([
      ['batch', exampleIds.length],
      ['length', length],
    ]);
    const shapes = sites.map((site) => site.shape.map((dim) => evaluateDim(dim, bindings)));
    const offsets: number[] = [];
    let bytes = 0;
    for (const shape of shapes) {
      offsets.push(bytes);
      bytes += align(sizeOf(shape));
    }
    const { kernels, buffer } = scratch(bytes);
    return Object.fromEntries(
      sites.map((site, index) => {
        const shape = shapes[index]!;
        const offset = offsets[index]!;
        const c = (step * sites.length + index) >>> 0;
        fillSite(kernels, { shape, offset, key, c, exampleIds, probability: site.probability });
        const data = new Uint8Array(buffer, offset, sizeOf(shape));
        return [`dropout/${site.site}`, { dtype: 'uint8', shape, data } as const];
      }),
    );
  };
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Row ids: position in bits 0–15, attention head in 16–23, virtual copy from 24. Shapes `[R, …, rows, columns]` or `[R, columns]`. */
function fillSite(
  kernels: Kernels,
  site: {
    readonly shape: readonly number[];
    readonly offset: number;
    readonly key: RandomKey;
    readonly c: number;
    readonly exampleIds: readonly number[];
    readonly probability: number;
  },
): void {
  const { shape, key, c, exampleIds, probability } = site;
  const columns = shape.at(-1)!;
  const rows = shape.length > 2 ? shape.at(-2)! : 1;
  const heads = shape.length > 3 ? shape[1]! : 1;
  for (let row = 0; row < shape[0]!; row++) {
    const copy = Math.floor(row / exampleIds.length);
    const b = exampleIds[row % exampleIds.length]!;
    for (let head = 0; head < heads; head++) {
      const offset = site.offset + (row * heads + head) * rows * columns;
      const firstRow = ((copy << 24) | (head << 16)) >>> 0;
      kernels.dropoutMask({ offset, rows, columns, key, firstRow, b, c, probability });
    }
  }
}
