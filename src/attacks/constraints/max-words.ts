import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Constraint } from './constraint.ts';

const rules = { most: { kind: 'integer', min: 1 } } as const satisfies SettingRules;

/** At most so many words of a text change, however long it is. @throws VdaError `usage` for less than one */
export const maxWords = (most: number): Constraint => ({
  ...{ id: 'max-words', version: 1, settings: checkSettings('maxWords', { most }, { rules }) },
  name: `at most ${most} words`,
  limit: ({ changed }) => changed < most,
});
