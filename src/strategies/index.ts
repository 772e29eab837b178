import { freelb } from './freelb.ts';
import type { Method, SettingsOf } from './method.ts';
import { pgd } from './pgd.ts';
import type { MethodSetup } from './predict.ts';
import { rdrop } from './rdrop.ts';
import { smart } from './smart.ts';
import { smix } from './smix.ts';
import { standard } from './standard.ts';
import type { TrainStep } from './strategy.ts';

/** Ways to train by the name `--strategy` knows them by. Adding one takes its file and a line here. */
export const methods = { standard, freelb, smart, smix, rdrop, pgd } as const;
export type MethodName = keyof typeof methods;

/** A method and its settings; those left out have their defaults. */
export type MethodChoice = {
  readonly [N in MethodName]: {
    readonly name: N;
    readonly settings?: Partial<SettingsOf<(typeof methods)[N]['options']>>;
  };
}[MethodName];

/** The training step of a method. */
export function createStep(setup: MethodSetup, { name, settings }: MethodChoice): Promise<TrainStep> {
  const { options, create } = methods[name] as Method;
  const defaults = Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
  return create(setup, { ...defaults, ...settings });
}
