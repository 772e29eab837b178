import type { Device } from '../runtime/devices.ts';

/** Activations of so many tokens (MiniLM's or BERT's) stay in a core's cache, and there is a batch for every worker process. */
export const tokensInCache = 384;

/** Tokens in a batch of a model on a GPU, whose cores a batch made for a processor's cache leaves idle. */
const onGpu = 16_384;

/**
 * Most tokens in a batch of a model on a device: {@link tokensInCache} on the CPU and in WebAssembly, 2¹⁴ on a GPU, or what is
 * told where the outputs are large.
 */
export const tokensAtOnce = (
  device: Device,
  {
    onProcessor = tokensInCache,
    mostOnGpu = onGpu,
  }: { readonly onProcessor?: number; readonly mostOnGpu?: number } = {},
): number => (device === 'cpu' || device === 'wasm' ? onProcessor : mostOnGpu);
