import type { NumberRule } from '../base/setting-rules.ts';
import type { MethodSetup } from './predict.ts';
import type { TrainStep } from './strategy.ts';

interface Described<T> {
  readonly default: T;
  /** One sentence or two for `--help`: what it is, its symbol, where the default comes from. */
  readonly description: string;
}
export interface NumberOption extends Described<number>, NumberRule {}
export interface ChoiceOption extends Described<string> {
  readonly kind: 'choice';
  readonly choices: Readonly<Record<string, string>>;
}
export interface FlagOption extends Described<boolean> {
  readonly kind: 'flag';
}
/** A setting of a training method, as data: the command line makes its flag, check and help from it. */
export type MethodOption = NumberOption | ChoiceOption | FlagOption;

type OptionTable = Readonly<Record<string, MethodOption>>;

/** The settings that a table of options describes. */
export type SettingsOf<S extends OptionTable> = {
  readonly [K in keyof S]: S[K] extends NumberOption
    ? number
    : S[K] extends FlagOption
      ? boolean
      : S[K] extends { readonly choices: infer C }
        ? keyof C & string
        : number | string | boolean;
};

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
