import { VdaError } from '../base/error.ts';
import { type OptionTable, optionalRules, type SettingsOf, withDefaults } from '../base/option-table.ts';
import { checkSettings, shown } from '../base/setting-rules.ts';
import { checkLossFits, lossOptions } from './classification-loss.ts';
import { freelb } from './freelb.ts';
import type { Method } from './method.ts';
import { pgd } from './pgd.ts';
import type { MethodSetup } from './predict.ts';
import { rdrop } from './rdrop.ts';
import { smart } from './smart.ts';
import { smix } from './smix.ts';
import { standard } from './standard.ts';
import type { TrainStep } from './strategy.ts';
import { vdaRules } from './vda/options.ts';

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

/**
 * Holds a choice against the method's table.
 * @throws VdaError `usage` for a method that there is not, and naming every setting that is unknown or out of range
 */
export function checkMethod(owner: string, { name, settings = {} }: MethodChoice): void {
  if (!Object.hasOwn(methods, name)) {
    const known = Object.keys(methods).join(', ');
    throw new VdaError('usage', `${owner}: there is no method ${shown(name)}; expected one of ${known}.`);
  }
  const { options: rules } = methods[name] as Method;
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  checkSettings(`${owner}, method ${name}`, given, { rules: optionalRules(rules), strict: true });
}

/**
 * The training step of a method.
 * @throws VdaError `usage` for what {@link checkMethod} refuses, and for options of the loss or of VDA out of range
 */
export async function createStep(setup: MethodSetup, choice: MethodChoice): Promise<TrainStep> {
  checkMethod('createStep', choice);
  const rules = optionalRules(lossOptions);
  if (setup.loss) {
    checkSettings('createStep, loss', setup.loss, { rules, strict: true });
    checkLossFits('createStep', { options: setup.loss, classes: setup.numLabels });
  }
  if (setup.vda) checkSettings('createStep, vda', setup.vda.options, { rules: vdaRules });
  const { name, settings } = choice;
  const { options, create } = methods[name] as Method;
  return create(setup, withDefaults<OptionTable>(options, settings ?? {}));
}
