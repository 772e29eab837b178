import { VdaError } from '../base/error.ts';
import { asResident, type ResidentTensor } from '../base/resident-tensor.ts';
import { sizeOf, type Tensor } from '../base/tensor.ts';
import { type Arena, alignBytes, createArena } from '../memory/arena.ts';
import { maxMemoryBytes } from '../memory/webassembly.ts';
import { adamwStep, type ParameterRun } from './adamw.ts';
import type { ParameterPart, ParameterStore, StoredParameter } from './parameter-store.ts';

/** A store whose optimizer walks over blocks of memory. */
export interface ArenaStore extends ParameterStore {
  /** What an optimizer step walks over: at most two a memory. */
  readonly runs: readonly ParameterRun[];
}

type Views = Map<string, Tensor<'float32'>>;

const parts = ['weights', 'gradients', 'firstMoments', 'secondMoments'] as const satisfies ParameterPart[];

/**
 * A parameter store in WebAssembly memories, which programs and SIMD kernels work on without copies. The parameters lie in as
 * few memories as they need, everything zero; one's weights, gradients and moments share a memory. Inside a memory each
 * part is one block: decayed, then not decayed.
 * @param options.bytesPerMemory most bytes in one memory; default and upper limit {@link maxMemoryBytes}. Smaller ones are for tests
 * @throws VdaError `unsupported` when one parameter alone exceeds a memory; `internal` on a repeated name
 */
export function createArenaStore(
  parameters: readonly StoredParameter[],
  { bytesPerMemory = maxMemoryBytes }: { readonly bytesPerMemory?: number } = {},
): ArenaStore {
  const paddedBytes = ({ shape }: StoredParameter) => alignBytes(4 * sizeOf(shape));
  const totalBytes = (parameter: StoredParameter) => paddedBytes(parameter) * parts.length;

  const views: Readonly<Record<ParameterPart, Views>> = {
    weights: new Map(),
    gradients: new Map(),
    firstMoments: new Map(),
    secondMoments: new Map(),
  };
  const runs: ParameterRun[] = [];
  const gradientBuffers: Float32Array[] = [];

  for (const members of shard(parameters, { bytesOf: totalBytes, bytesPerMemory })) {
    const arena = createArena({ bytes: members.reduce((sum, one) => sum + totalBytes(one), 0) });
    const groups = [true, false].map((decay) => members.filter((one) => one.decay === decay));
    const offsets = parts.map((part) => layOut(arena, { members: groups.flat(), into: views[part] }));
    let start = 0;
    for (const [i, group] of groups.entries()) {
      const bytes = group.reduce((sum, one) => sum + paddedBytes(one), 0);
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

  const read = (name: string, part: ParameterPart = 'weights'): Tensor<'float32'> => {
    const found = views[part].get(name);
    if (!found) throw new VdaError('internal', `parameter store: there is no parameter ${name}`);
    return found;
  };
  const feedsOf = (part: ParameterPart): Record<string, ResidentTensor> =>
    Object.fromEntries(parameters.map(({ name }) => [name, asResident(read(name, part))]));
  return {
    parameters,
    feeds: { weights: feedsOf('weights'), gradients: feedsOf('gradients') },
    read,
    write: (name, { values, part }) => {
      const { data, shape } = read(name, part);
      if (values.length !== data.length) {
        throw new VdaError(
          'internal',
          `parameter store: ${values.length} values do not fill ${name} [${shape.join(', ')}]`,
        );
      }
      data.set(values);
    },
    step: (options) => adamwStep(runs, options),
    gradientBuffers,
    runs,
  };
}

/** Splits the parameters, in order, into groups that fit into one memory each. */
function shard(
  parameters: readonly StoredParameter[],
  { bytesOf, bytesPerMemory }: { bytesOf: (one: StoredParameter) => number; bytesPerMemory: number },
): StoredParameter[][] {
  const shards: StoredParameter[][] = [];
  const names = new Set<string>();
  let free = 0;
  for (const parameter of parameters) {
    const { name, shape } = parameter;
    const bytes = bytesOf(parameter);
    if (bytes > bytesPerMemory) {
      throw new VdaError(
        'unsupported',
        `parameter store: ${name} [${shape.join(', ')}] needs ${bytes} bytes with its gradient and ` +
          `moments, but one memory holds ${bytesPerMemory}. Use a smaller model.`,
      );
    }
    if (names.has(name)) {
      throw new VdaError('internal', `parameter store: the name ${name} is there twice`);
    }
    names.add(name);
    if (bytes > free || shards.length === 0) {
      shards.push([]);
      free = bytesPerMemory;
    }
    shards.at(-1)!.push(parameter);
    free -= bytes;
  }
  return shards;
}

/** Allocates one tensor for each member, without gaps but for the alignment; returns the offset of the first. */
function layOut(
  arena: Arena,
  { members, into }: { members: readonly StoredParameter[]; into: Views },
): number {
  const start = arena.used();
  for (const { name, shape } of members) into.set(name, arena.allocate('float32', shape).tensor);
  return start;
}
