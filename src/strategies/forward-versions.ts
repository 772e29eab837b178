import { concat } from '../graph/ops/concat.ts';
import { scalar } from '../graph/ops/constant.ts';
import { reshape } from '../graph/ops/reshape.ts';
import type { Value } from '../graph/value.ts';
import { type Dropout, noDropout } from '../nn/dropout.ts';
import { createPacking } from '../nn/packing.ts';
import type { ExtraFeeds } from './compile-step.ts';
import { copiesOf, repeatRows } from './copies.ts';
import type { Objective, ObjectiveInputs, StepSetup } from './train-step.ts';
import { createVdaFeeds, vdaSpecs } from './vda/feeds.ts';
import type { VirtualData } from './vda/inputs.ts';
import { virtualDataAugmentation } from './vda/vda.ts';

/** What a strategy is built from. */
export interface StrategySetup extends StepSetup {
  /** Virtual data augmentation, where it is added to the strategy. */
  readonly vda?: VirtualData | undefined;
  /** Follow the code published with the VDA paper where it departs from the strategies' own papers. */
  readonly officialCode?: boolean | undefined;
}

/** The feeds of virtual data augmentation; none without it. */
export const virtualFeeds = ({ vda, seed }: StrategySetup): ExtraFeeds =>
  vda === undefined
    ? {}
    : {
        extraSpecs: vdaSpecs({ options: vda.options, maskedLm: vda.sources.maskedLm }),
        extraFeeds: createVdaFeeds({ ...vda, seed }),
      };

export interface VersionLogits {
  /** Logits `[batch, C]` of each version, in order. */
  readonly logits: readonly Value[];
  /** A strategy's objective with VDA's part added: loss + λ·L_reg (Eq. 1); as it is where there is no VDA. */
  readonly regularise: (objective: Omit<Objective, 'reg'>) => Objective;
}

/**
 * Changes of hidden states by the layer they come before: 0 is after the embedding layer, the number of layers after
 * the last. Shapes: `[copies·batch, T, H]` → the same; T is 1 after the last layer.
 */
export type HiddenChanges = Readonly<Record<number, (hidden: Value, copies: number) => Value>>;

/**
 * Logits of versions of a batch (the texts themselves, perturbed ones …), each `[batch, T, H]`, and for the k virtual
 * texts where the setup has VDA: all in one pass through the encoder, as copies of the batch in this order.
 *
 * @param options.against the version whose prediction the virtual texts are held against; the first unless told
 * @param options.keepPadding work out states of padding, too, because `changes` read them
 */
export function forwardVersions(
  setup: StrategySetup,
  inputs: ObjectiveInputs,
  versions: readonly Value[],
  options: {
    readonly against?: number;
    readonly changes?: HiddenChanges;
    readonly keepPadding?: boolean;
  } = {},
): VersionLogits {
  const { vda } = setup;
  const { against = 0, changes = {}, keepPadding = false } = options;
  const virtual = vda && virtualDataAugmentation({ ...vda, setup, inputs });
  const numVirtual = vda?.options.numVirtual ?? 0;
  const copies = versions.length + numVirtual;
  const tokens = concat([...versions, ...(virtual ? [virtual.embeddings] : [])], 0);
  const states = clsStates(setup, inputs, { tokens, copies, changes, keepPadding });
  // The published code skips the classifier's dropout on virtual texts.
  const plain = vda?.options.officialCode ? numVirtual : 0;
  const logits = classifyCopies(setup, inputs, { states, copies, plain });
  const virtuals = logits.slice(versions.length);
  return {
    logits: logits.slice(0, versions.length),
    regularise: (objective) =>
      virtual?.regularise(objective, { clean: logits[against]!, virtuals }) ?? {
        ...objective,
        reg: scalar(0),
      },
  };
}

/** The first token's last state. Shapes: tokens `[copies·batch, T, H]` → `[copies·batch, H]`. */
function clsStates(
  { architecture, config }: StrategySetup,
  { weights, batch, places, dropout }: ObjectiveInputs,
  encoding: {
    readonly tokens: Value;
    readonly copies: number;
    readonly changes: HiddenChanges;
    readonly keepPadding: boolean;
  },
): Value {
  const { tokens, copies, changes } = encoding;
  const options = { config, dropout };
  const layers = config.numHiddenLayers;
  const typeIds = repeatRows(batch.typeIds, copies);
  const attentionMask = repeatRows(batch.attentionMask, copies);
  const size = { batch: 'batch', length: 'length', heads: config.numAttentionHeads };
  const packing = encoding.keepPadding ? undefined : createPacking(places, { copies, ...size });
  let hidden = architecture.embed(weights, { tokens, typeIds, attentionMask }, options);
  const stops = [...Object.keys(changes).map(Number), 0, layers].sort((a, b) => a - b);
  for (const [i, from] of stops.entries()) {
    if (from === stops[i - 1]) continue;
    if (i > 0) {
      const range = { from: stops[i - 1]!, to: from, firstTokenOnly: from === layers };
      hidden = architecture.encode(weights, { hidden, attentionMask, packing }, { ...options, ...range });
    }
    hidden = changes[from]?.(hidden, copies) ?? hidden;
  }
  return reshape(hidden, [hidden.shape[0]!, hidden.shape[2]!]);
}

/** Logits `[batch, C]` of each copy; the last `plain` pass no dropout in the classifier. Shape: states `[copies·batch, H]`. */
function classifyCopies(
  { architecture, config }: StrategySetup,
  { weights, dropout }: ObjectiveInputs,
  encoding: { readonly states: Value; readonly copies: number; readonly plain: number },
): readonly Value[] {
  const { states, copies, plain } = encoding;
  const classify = (x: Value, d: Dropout) => architecture.classify(weights, x, { config, dropout: d });
  if (plain === 0) return copiesOf(classify(states, dropout), copies);
  const apart = copiesOf(states, copies);
  const dropped = classify(concat(apart.slice(0, copies - plain), 0), dropout);
  return [
    ...copiesOf(dropped, copies - plain),
    ...copiesOf(classify(concat(apart.slice(copies - plain), 0), noDropout), plain),
  ];
}
