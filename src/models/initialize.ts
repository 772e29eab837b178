import { fillNormal, randomKey, randomStream } from '../base/random.ts';
import type { ParameterSpec } from './architecture.ts';

/**
 * Fills a parameter that no checkpoint gives: weights from N(0, std²) (BERT's `initializer_range`), LayerNorm scales with 1,
 * the rest with 0. The numbers depend on (seed, name) alone.
 */
export function initializeParameter(
  out: Float32Array,
  { spec, seed, std }: { readonly spec: ParameterSpec; readonly seed: number; readonly std: number },
): void {
  if (spec.initialization === 'normal') {
    fillNormal(out, { stream: randomStream(randomKey(seed, `initialize ${spec.name}`)), std });
  } else {
    out.fill(spec.initialization === 'ones' ? 1 : 0);
  }
}
