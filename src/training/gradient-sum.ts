import type { Communicator } from '../distributed/communicator.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';
import type { StepMetrics } from '../strategies/train-step.ts';

/**
 * How the batches of an optimizer step fall into parts, whose gradients are summed by themselves and then all together. The ranks
 * share the parts evenly, each has its own in a row. What comes out depends on the number of parts (floating-point addition is not
 * associative), and not on how many ranks share them.
 */
export interface Parts {
  readonly count: number;
  readonly communicator: Communicator;
}

/**
 * The part of a step's batch, by its place: 0 1 2 2 1 0 0 1 2 …, for a step's texts are sorted by length, and so each part gets
 * short batches and long ones.
 */
export function partOf(place: number, count: number): number {
  const turn = place % (2 * count);
  return turn < count ? turn : 2 * count - 1 - turn;
}

/** The parts of this rank. */
export function partsOfRank({ count, communicator: { rank, size } }: Parts): readonly number[] {
  const each = count / size;
  return Array.from({ length: each }, (_, k) => rank * each + k);
}

/**
 * Sums the gradients of parts: {@link GradientSum.setAside} between two parts of a rank, then {@link GradientSum.finish}.
 * One part needs neither, nor any memory.
 */
export interface GradientSum {
  /** Keeps the gradients so far as one part's, and begins the next at 0. */
  setAside(): void;
  /** Puts the sum over all parts of all ranks into the store's gradients. */
  finish(): Promise<void>;
}

export function createGradientSum(store: ParameterStore, { count, communicator }: Parts): GradientSum {
  const { gradientBuffers } = store;
  const kept = Array.from({ length: count / communicator.size - 1 }, () =>
    gradientBuffers.map(({ length }) => new Float32Array(length)),
  );
  let parts = 0;
  return {
    setAside: () => {
      const into = kept[parts++]!;
      for (const [i, buffer] of gradientBuffers.entries()) {
        into[i]!.set(buffer);
        buffer.fill(0);
      }
    },
    finish: async () => {
      parts = 0;
      if (count > 1) await communicator.allReduceSum([...kept, gradientBuffers], gradientBuffers);
    },
  };
}

/** Numbers of a batch that ranks tell each other: the last says whether there is an own term. */
const columns = 5;

/** What each batch of a step came to, from the rank that took it: `own` has a hole for those of others. */
export async function shareMetrics(
  own: readonly (StepMetrics | undefined)[],
  { count, communicator }: Parts,
): Promise<readonly StepMetrics[]> {
  if (communicator.size === 1) return own as readonly StepMetrics[];
  const table = Float64Array.from(
    own.flatMap((one) =>
      one === undefined
        ? new Array<number>(columns).fill(0)
        : [one.loss, one.ce, one.reg, one.ownTerm ?? 0, one.ownTerm === undefined ? 0 : 1],
    ),
  );
  const all = await communicator.allGather(new Uint8Array(table.buffer));
  const each = count / communicator.size;
  return own.map((_, place) => {
    const { buffer } = all[Math.floor(partOf(place, count) / each)]!;
    const row = new Float64Array(buffer as ArrayBuffer, place * columns * 8, columns);
    const [loss, ce, reg, ownTerm, has] = row as unknown as [number, number, number, number, number];
    return { loss, ce, reg, ...(has === 1 && { ownTerm }) };
  });
}
