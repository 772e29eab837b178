import { fillNormal, randomKey, randomStream } from '../base/random.ts';
import { sizeOf } from '../base/tensor.ts';
import type { ParameterSpec } from './architecture.ts';

/**
 * The first values of a parameter that no checkpoint gives: weights from N(0, std²) (BERT's `initializer_range`), LayerNorm scales
 * 1, the rest 0. The numbers depend on (seed, name) alone.
 */
export function initialValues(
  { name, shape, initialization }: ParameterSpec,
  { seed, std }: { readonly seed: number; readonly std: number },
): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (initialization === 'normal') {
    fillNormal(values, { stream: randomStream(randomKey(seed, `initialize ${name}`)), std });
  } else if (initialization === 'ones') {
    values.fill(1);
  }
  return values;
}
