import { argument, VdaError } from '../base/error.ts';
import type { RanksOfRun, TrainerState } from '../runs/checkpoint.ts';

/**
 * The parts into which a run's steps fall from here on, with what its state then records. A run that goes on keeps its parts
 * where the ranks can share them evenly, and with them its bytes: one begun on 4 ranks goes on alike on 2, or on 1.
 */
export function partsOfRun(
  state: TrainerState,
  ranks: number,
): { readonly state: TrainerState; readonly parts: number; readonly remark?: string } {
  const from_step = state.global_step;
  const before: RanksOfRun =
    state.ranks?.at(-1) ??
    (from_step === 0 ? { from_step, ranks, parts: ranks } : { from_step, ranks: 1, parts: 1 });
  const parts = before.parts % ranks === 0 ? before.parts : ranks;
  const isSame = parts === before.parts && ranks === before.ranks;
  if (isSame && (ranks === 1 || state.ranks !== undefined)) return { state, parts };
  const history = [...(state.ranks ?? []), { from_step, ranks, parts }];
  const remark = `The run was on ${before.ranks} rank${before.ranks === 1 ? '' : 's'} so far, and goes on with ${ranks}: the gradients are summed in another order, so that figures agree to rounding and not to the last bit.`;
  return {
    state: { ...state, ranks: history },
    parts,
    ...(parts !== before.parts && { remark }),
  };
}

/**
 * Refuses steps of fewer batches than there are ranks: whole batches are what ranks share, for some strategies mix the texts of a batch.
 * @returns what to know where ranks get unlike shares
 * @throws VdaError `usage`
 */
export function checkShares(
  ranks: number,
  p: {
    readonly perDeviceTrainBatchSize: number;
    readonly gradientAccumulationSteps: number;
    /** Texts of an epoch. */
    readonly texts: number;
  },
): readonly string[] {
  const { perDeviceTrainBatchSize: size, gradientAccumulationSteps: accumulated, texts } = p;
  const batches = Math.min(accumulated, Math.ceil(texts / size));
  if (batches < ranks) {
    const has = batches < accumulated ? `${texts} texts make a step of` : 'A step has';
    throw new VdaError(
      'usage',
      `${has} ${batches} batch${batches === 1 ? '' : 'es'} of ${size} texts for ${ranks} ranks, which share whole batches: a rank would have none. ${argument('perDeviceTrainBatchSize')} ${Math.max(1, Math.floor((size * batches) / ranks))} with ${argument('gradientAccumulationSteps')} ${ranks} is a step of about as many texts, with a batch for each. Or start fewer ranks.`,
    );
  }
  if (batches % ranks === 0) return [];
  return [
    `A step has ${batches} batches for ${ranks} ranks: some take ${Math.ceil(batches / ranks)}, and the others wait for them. A multiple of ${ranks} would keep all at work.`,
  ];
}
