import type { RobustEndings } from '../attacks/robust-endings.ts';
import type { Identity } from './identity.ts';

/** One part of an attack: the examples whose id leaves `index` when divided by `count`. */
export interface AttackShard {
  readonly index: number;
  readonly count: number;
}

/** Names for people of what was attacked. */
export interface AttackAbout {
  readonly model?: string;
  readonly maskedLm?: string;
  readonly encoder?: string;
  readonly data?: string;
}

/** `attack.json`: which attack the results beside it belong to. */
export interface AttackManifest {
  /**
   * 1 in folders of early versions, whose filters had no version: their results can be read, but not gone on with. What 2 said is
   * said anew when it is read (`attack-history.ts`).
   */
  readonly format: 1 | 2 | 3;
  /** What was attacked, with what, how: everything that decides results, of all parts together. */
  readonly identity: Identity;
  /** What people call the model and the data; decides nothing. */
  readonly about: AttackAbout;
  readonly shard: AttackShard;
  /** Where some parts were put together without the others: which. */
  readonly partial?: { readonly parts: readonly number[]; readonly count: number };
  /** Ids of this part, ascending. */
  readonly ids: readonly number[];
  /** Names of the filters that were on. */
  readonly filters: readonly string[];
  /** Endings that the attack's recipe counts as robust. Absent in folders of before they were told apart: `failed` alone. */
  readonly robustEndings?: RobustEndings;
}
