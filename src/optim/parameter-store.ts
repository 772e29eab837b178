import { VdaError } from '../base/error.ts';
import { sizeOf, type Tensor } from '../base/tensor.ts';
import { type Arena, alignBytes, createArena } from '../memory/arena.ts';
import type { Kernels } from '../memory/kernels.ts';
import { maxMemoryBytes } from '../memory/webassembly.ts';

/** One parameter of a model. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies; biases and LayerNorm parameters usually go without. */
  readonly decay: boolean;
}

export interface ParameterStoreOptions {
  /** Make room for gradients and both AdamW moments; false for inference. */
  readonly optimizer: boolean;
  /** Most bytes in one memory; default and upper limit {@link maxMemoryBytes}. Smaller values are for tests. */
  readonly bytesPerMemory?: number;
}

/**
 * Parameters that lie side by side in one memory and share their decay setting. The four byte offsets
 * name blocks of `length` float32 in the same order. Between parameters there may be padding, which stays 0.
 */
export interface ParameterRun {
  readonly kernels: Kernels;
  readonly decay: boolean;
  readonly length: number;
  readonly weights: number;
  readonly gradients: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
}

type Views = Map<string, Tensor<'float32'>>;
type Tensors = ReadonlyMap<string, Tensor<'float32'>>;

/** Weights of a model and, for training, gradients and moments; all maps are in the order of the specs. */
export interface ParameterStore {
  readonly specs: readonly ParameterSpec[];
  readonly weights: Tensors;
  /** Empty without an optimizer, like the moments and the runs. */
  readonly gradients: Tensors;
  readonly firstMoments: Tensors;
  readonly secondMoments: Tensors;
  /** What an optimizer step walks over: at most two a memory. */
  readonly runs: readonly ParameterRun[];
  /** All gradients, one array a memory, padding (0) included. */
  readonly gradientBuffers: readonly Float32Array[];
}

/**
 * Lays the parameters out in as few memories as they need, everything zero. A parameter's weights, gradients and
 * moments share one memory. Inside a memory each kind is one block: decayed, then not decayed.
 * @throws VdaError `unsupported` when one parameter alone exceeds a memory; `internal` on a repeated name
 */
export function createParameterStore(
  specs: readonly ParameterSpec[],
  { optimizer, bytesPerMemory = maxMemoryBytes }: ParameterStoreOptions,
): ParameterStore {
  const paddedBytes = (spec: ParameterSpec) => alignBytes(4 * sizeOf(spec.shape));
  const totalBytes = (spec: ParameterSpec) => paddedBytes(spec) * (optimizer ? 4 : 1);

  const weights: Views = new Map();
  const gradients: Views = new Map();
  const firstMoments: Views = new Map();
  const secondMoments: Views = new Map();
  const runs: ParameterRun[] = [];
  const gradientBuffers: Float32Array[] = [];

  for (const members of shard(specs, { bytesOf: totalBytes, bytesPerMemory })) {
    const arena = createArena({ bytes: members.reduce((sum, spec) => sum + totalBytes(spec), 0) });
    const groups = [true, false].map((decay) => members.filter((spec) => spec.decay === decay));
    const kinds = optimizer ? [weights, gradients, firstMoments, secondMoments] : [weights];
    const offsets = kinds.map((into) => layOut(arena, { members: groups.flat(), into }));
    if (!optimizer) continue;
    let start = 0;
    for (const [i, group] of groups.entries()) {
      const bytes = group.reduce((sum, spec) => sum + paddedBytes(spec), 0);
      if (bytes === 0) continue;
      const [w, g, m, v] = offsets.map((offset) => offset + start) as [number, number, number, number];
      runs.push({
        kernels: arena.kernels,
        decay: i === 0,
        length: bytes / 4,
        weights: w,
        gradients: g,
        firstMoments: m,
        secondMoments: v,
      });
      start += bytes;
    }
    gradientBuffers.push(new Float32Array(arena.memory.buffer, offsets[1], start / 4));
  }
  return {
    specs,
    weights: inOrder(specs, weights),
    gradients: inOrder(specs, gradients),
    firstMoments: inOrder(specs, firstMoments),
    secondMoments: inOrder(specs, secondMoments),
    runs,
    gradientBuffers,
  };
}

/** Splits the specs, in order, into groups that fit into one memory each. */
function shard(
  specs: readonly ParameterSpec[],
  { bytesOf, bytesPerMemory }: { bytesOf: (spec: ParameterSpec) => number; bytesPerMemory: number },
): ParameterSpec[][] {
  const shards: ParameterSpec[][] = [];
  const names = new Set<string>();
  let free = 0;
  for (const spec of specs) {
    const bytes = bytesOf(spec);
    if (bytes > bytesPerMemory) {
      throw new VdaError(
        'unsupported',
        `parameter store: ${spec.name} [${spec.shape.join(', ')}] needs ${bytes} bytes with its gradient and ` +
          `moments, but one memory holds ${bytesPerMemory}. Use a smaller model.`,
      );
    }
    if (names.has(spec.name)) {
      throw new VdaError('internal', `parameter store: the name ${spec.name} is there twice`);
    }
    names.add(spec.name);
    if (bytes > free || shards.length === 0) {
      shards.push([]);
      free = bytesPerMemory;
    }
    shards.at(-1)!.push(spec);
    free -= bytes;
  }
  return shards;
}

/** Allocates one tensor for each member, without gaps but for the alignment; returns the offset of the first. */
function layOut(arena: Arena, { members, into }: { members: readonly ParameterSpec[]; into: Views }): number {
  const start = arena.used();
  for (const { name, shape } of members) into.set(name, arena.allocate('float32', shape).tensor);
  return start;
}

/** The same entries in the order of the specs. */
function inOrder(specs: readonly ParameterSpec[], views: Views): Tensors {
  return new Map(specs.flatMap(({ name }) => (views.has(name) ? [[name, views.get(name)!] as const] : [])));
}
