import { VdaError } from '../base/error.ts';
import { type OptionTable, optionalRules, type SettingsOf, withDefaults } from '../base/option-table.ts';
import { checkSettings, shown } from '../base/setting-rules.ts';
import { checkLossFits, lossOptions } from './classification-loss.ts';
import type { Strategy } from './define-strategy.ts';
import type { StrategySetup } from './forward-versions.ts';
import { freelb } from './freelb.ts';
import { pgd } from './pgd.ts';
import { rdrop } from './rdrop.ts';
import { smart } from './smart.ts';
import { smix } from './smix.ts';
import { standard } from './standard.ts';
import type { TrainStep } from './train-step.ts';
import { compileAscent } from './vda/ascent.ts';
import { vdaRules } from './vda/options.ts';

/** Ways to train by the name `--strategy` knows them by. Adding one takes its file and a line here. */
export const strategies = { standard, freelb, smart, smix, rdrop, pgd } as const;
/** Name of a strategy. */
export type StrategyName = keyof typeof strategies;

/** A strategy and its settings; those left out have their defaults. */
export type StrategyChoice = {
  readonly [N in StrategyName]: {
    readonly name: N;
    readonly settings?: Partial<SettingsOf<(typeof strategies)[N]['options']>>;
  };
}[StrategyName];

/**
 * Holds a choice against the strategy's table.
 * @throws VdaError `usage` for a strategy that there is not, and naming every setting that is unknown or out of range
 */
export function checkStrategy(owner: string, { name, settings = {} }: StrategyChoice): void {
  if (!Object.hasOwn(strategies, name)) {
    const known = Object.keys(strategies).join(', ');
    throw new VdaError('usage', `${owner}: there is no strategy ${shown(name)}; expected one of ${known}.`);
  }
  const { options: rules } = strategies[name] as Strategy;
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  checkSettings(`${owner}, strategy ${name}`, given, { rules: optionalRules(rules), strict: true });
}

/**
 * The training step of a strategy.
 * @throws VdaError `usage` for what {@link checkStrategy} refuses, and for options of the loss or of VDA out of range
 */
export async function createStep(setup: StrategySetup, choice: StrategyChoice): Promise<TrainStep> {
  checkStrategy('createStep', choice);
  const rules = optionalRules(lossOptions);
  if (setup.loss) {
    checkSettings('createStep, loss', setup.loss, { rules, strict: true });
    checkLossFits('createStep', { options: setup.loss, classes: setup.numLabels });
  }
  if (setup.vda) checkSettings('createStep, vda', setup.vda.options, { rules: vdaRules });
  const { name, settings } = choice;
  const { options, create } = strategies[name] as Strategy;
  const filled = withDefaults<OptionTable>(options, settings ?? {});
  if (setup.vda?.options.mixture !== 'adversarial') return create(setup, filled);
  const { pass: ascent, release } = await compileAscent(setup);
  const step = await create({ ...setup, vda: { ...setup.vda, ascent } }, filled);
  return {
    ...step,
    release: async () => {
      await step.release();
      await release();
    },
  };
}
