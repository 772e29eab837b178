import type { AttackStatus } from './record.ts';

/** Endings that count as robust where the model was right before the attack: a reading of an attack, fixed by its recipe. */
export type RobustEndings = readonly AttackStatus[];

/** Only what held against everything that was tried. */
export const onlyFailed: RobustEndings = ['failed'];

/** Of a profile that is itself the definition of a fair change: a text that has none within it stands. */
export const heldWithinRules: RobustEndings = ['failed', 'nothing-to-change'];

/** The published code's: whatever did not flip, be it that nothing could be tried or that the attack broke off. */
export const whateverDidNotFlip: RobustEndings = ['failed', 'out-of-queries', 'nothing-to-change', 'error'];
