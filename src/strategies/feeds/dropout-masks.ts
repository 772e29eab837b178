import { type RandomKey, randomKey } from '../../base/random.ts';
import { sizeOf, type Tensor } from '../../base/tensor.ts';
import { evaluateDim, factorsOf, type Shape } from '../../graph/shape.ts';
import type { Kernels } from '../../memory/kernels.ts';
import { createScratch } from '../../memory/scratch.ts';
import { type DropoutSite, scopedSite } from '../../nn/dropout.ts';

export interface MaskRequest {
  /** Name of the pass through the program; empty unless told. Passes of different names have masks of their own. */
  readonly pass?: string;
  /** Optimizer step the masks belong to. */
  readonly step: number;
  /** Example ids of the batch; rows beyond them are its virtual copies, in the same order. */
  readonly exampleIds: readonly number[];
  /** Places in a row, tokens and padding. */
  readonly length: number;
  /** Tokens of each example. */
  readonly lengths: readonly number[];
}

/**
 * Draws the keep-masks of all dropout sites of a program for one run. A mask depends on (seed, pass, site, step, example,
 * copy, head, position) alone, pass and site by their names: not on the batch an example is in, nor on its padding, nor on
 * whether there is any, nor on what other sites and passes there are.
 *
 * The tensors share one buffer, overwritten by the next call.
 */
export function createDropoutMasks(sites: readonly DropoutSite[], { seed }: { readonly seed: number }) {
  const keysOf = new Map<string, readonly RandomKey[]>();
  const scratch = createScratch();

  return ({ pass = '', step, exampleIds, length, lengths }: MaskRequest): Record<string, Tensor> => {
    const keys = keysOf.get(pass) ?? sites.map(({ site }) => randomKey(seed, maskPurpose(pass, site)));
    keysOf.set(pass, keys);
    const bindings = new Map([
      ['batch', exampleIds.length],
      ['length', length],
      ['tokens', lengths.reduce((sum, count) => sum + count, 0)],
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
        const key = keys[index]!;
        const { shape: symbolic, probability } = site;
        fillSite(kernels, { symbolic, shape, offset, key, c: step, exampleIds, lengths, probability });
        const data = new Uint8Array(buffer, offset, sizeOf(shape));
        return [`dropout/${site.site}`, { dtype: 'uint8', shape, data } as const];
      }),
    );
  };
}

/** A pass by its name is a scope around the site's. */
const maskPurpose = (pass: string, site: string) => `dropout/${pass === '' ? site : scopedSite(pass, site)}`;

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/**
 * Row ids: position in bits 0–15, attention head in 16–23, virtual copy from 24. Shapes, R copies of the batch's rows:
 * `[R, …, positions, columns]` or `[R, columns]`; where packed, `[tokens of R rows, columns]`.
 */
function fillSite(
  kernels: Kernels,
  site: {
    readonly symbolic: Shape;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly key: RandomKey;
    readonly c: number;
    readonly exampleIds: readonly number[];
    readonly lengths: readonly number[];
    readonly probability: number;
  },
): void {
  const { shape, key, c, exampleIds, lengths, probability } = site;
  const { coefficient: copies, symbols } = factorsOf(site.symbolic[0]!);
  const packed = symbols.includes('tokens');
  const columns = shape.at(-1)!;
  const positions = shape.length > 2 ? shape.at(-2)! : 1;
  const heads = shape.length > 3 ? shape[1]! : 1;
  let { offset } = site;
  for (let copy = 0; copy < copies; copy++) {
    for (const [i, b] of exampleIds.entries()) {
      const rows = packed ? lengths[i]! : positions;
      for (let head = 0; head < heads; head++) {
        const firstRow = ((copy << 24) | (head << 16)) >>> 0;
        kernels.dropoutMask({ offset, rows, columns, key, firstRow, b, c, probability });
        offset += rows * columns;
      }
    }
  }
}
