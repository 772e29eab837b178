import type { Device } from '../runtime/devices.ts';

/** Tokens in a batch of a model on a GPU, whose cores a batch made for a processor's cache leaves idle. */
const onGpu = 16_384;

/**
 * Most tokens in a batch of a model on a device: `onProcessor` on the CPU and in WebAssembly, where a model says how many stay in
 * the cache; 2¹⁴ on a GPU, or `mostOnGpu` where the outputs are large.
 */
export const tokensAtOnce = (
  device: Device,
  { onProcessor, mostOnGpu = onGpu }: { readonly onProcessor: number; readonly mostOnGpu?: number },
): number => (device === 'cpu' || device === 'wasm' ? onProcessor : mostOnGpu);
