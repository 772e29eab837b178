import { asResident } from '../../src/base/resident-tensor.ts';
import { sizeOf, type Tensor, tensor } from '../../src/base/tensor.ts';
import type { ParameterPart, ParameterStore, StoredParameter } from '../../src/optim/parameter-store.ts';

const round = Math.fround;

/** A parameter store in plain arrays: nothing is shared with the one in WebAssembly memories but the interface. */
export function createArrayStore(parameters: readonly StoredParameter[]): ParameterStore {
  const part = (): ReadonlyMap<string, Tensor<'float32'>> =>
    new Map(
      parameters.map(({ name, shape }) => [name, tensor('float32', shape, new Float32Array(sizeOf(shape)))]),
    );
  const parts = {
    ...{ weights: part(), gradients: part(), firstMoments: part(), secondMoments: part() },
  } satisfies Record<ParameterPart, unknown>;
  const feedsOf = (of: ParameterPart) =>
    Object.fromEntries([...parts[of]].map(([name, one]) => [name, asResident(one)]));
  const read = (name: string, of: ParameterPart = 'weights') => parts[of].get(name)!;

  return {
    parameters,
    feeds: { weights: feedsOf('weights'), gradients: feedsOf('gradients') },
    read: (name, of) => {
      const { dtype, shape, data } = read(name, of);
      return { dtype, shape, data: data.slice() }; // a copy, as of a device's memory
    },
    write: (name, { values, part: of }) => read(name, of).data.set(values),
    gradientBuffers: [...parts.gradients.values()].map(({ data }) => data),
    /** The AdamW of kernels/assembly/adamw.ts, in float32 number by number. */
    step: ({
      lr,
      step,
      betas: [beta1, beta2] = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = 0.01,
      maxGradNorm,
    }) => {
      let squares = 0;
      for (const { data } of parts.gradients.values()) for (const g of data) squares += g * g;
      const gradNorm = Math.sqrt(squares);
      const clip = Math.min(1, (maxGradNorm ?? Number.POSITIVE_INFINITY) / (gradNorm + 1e-6));
      const [blendM, keepV, blendV] = [round(1 - beta1), round(beta2), round(1 - beta2)];
      const [rootScale, size] = [round(1 / Math.sqrt(1 - beta2 ** step)), round(lr / (1 - beta1 ** step))];
      for (const { name, decay } of parameters) {
        const [w, g] = [read(name).data, read(name, 'gradients').data];
        const [m, v] = [read(name, 'firstMoments').data, read(name, 'secondMoments').data];
        const keepW = round(1 - lr * (decay ? weightDecay : 0));
        for (let i = 0; i < w.length; i++) {
          const gradient = round(g[i]! * round(clip));
          m[i] = m[i]! + round(blendM * round(gradient - m[i]!));
          v[i] = round(v[i]! * keepV) + round(blendV * round(gradient * gradient));
          const root = round(round(round(Math.sqrt(v[i]!)) * rootScale) + round(eps));
          w[i] = round(w[i]! * keepW) - round(round(size * m[i]!) / root);
          g[i] = 0;
        }
      }
      return { gradNorm, clipped: clip < 1 };
    },
  };
}
