import type { OptionTable, SettingsOf } from '../base/option-table.ts';
import type { StrategySetup } from './forward-versions.ts';
import type { TrainStep } from './train-step.ts';

/** A way to train: what `--strategy` chooses, each in a file of its own. */
export interface Strategy<S extends OptionTable = OptionTable> {
  /** One more with each change of what a training with it comes to. */
  readonly version: number;
  /** One line for `vda list strategies`. */
  readonly summary: string;
  /** Settings by name; `--freelb-step-size` is `stepSize` of `freelb`. */
  readonly options: S;
  /** Settings that were published under a name: what `--freelb-preset` chooses among. */
  readonly presets?: Readonly<Record<string, StrategyPreset<S>>>;
  /** What `--preset official` sets. */
  readonly official?: Partial<SettingsOf<S>>;
  /** What else `officialCode` changes, a line each; said aloud with the preset. */
  readonly officialChoices?: readonly string[];
  /** Settings that `officialCode` does not read. */
  readonly unreadByOfficial?: readonly (keyof S)[];
  create(setup: StrategySetup, settings: SettingsOf<S>): Promise<TrainStep>;
}

/** Published settings of a strategy. */
export interface StrategyPreset<S extends OptionTable = OptionTable> {
  /** One line: where they were published, for what. */
  readonly summary: string;
  readonly settings: Partial<SettingsOf<S>>;
}

/** Types a strategy's settings from its table. */
export const defineStrategy = <const S extends OptionTable>(strategy: Strategy<S>): Strategy<S> => strategy;
