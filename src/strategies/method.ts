import type { OptionTable, SettingsOf } from '../base/option-table.ts';
import type { MethodSetup } from './predict.ts';
import type { TrainStep } from './strategy.ts';

/** A way to train: what `--strategy` chooses, each in a file of its own. */
export interface Method<S extends OptionTable = OptionTable> {
  /** One more with each change of what a training with it comes to. */
  readonly version: number;
  /** One line for `vda list strategies`. */
  readonly summary: string;
  /** Settings by name; `--freelb-step-size` is `stepSize` of `freelb`. */
  readonly options: S;
  /** What `--preset official` sets. */
  readonly official?: Partial<SettingsOf<S>>;
  /** What else `officialCode` changes, a line each; said aloud with the preset. */
  readonly officialChoices?: readonly string[];
  /** Settings that `officialCode` does not read. */
  readonly unreadByOfficial?: readonly (keyof S)[];
  create(setup: MethodSetup, settings: SettingsOf<S>): Promise<TrainStep>;
}

/** Types a method's options from its table. */
export const method = <const S extends OptionTable>(m: Method<S>): Method<S> => m;
