import { bert } from './bert/index.ts';
import { distilbert } from './distilbert/index.ts';
import type { Families } from './family.ts';
import { roberta } from './roberta/index.ts';

/** Model families by `model_type`. Adding one takes its folder and a line here. */
export const families = {
  bert,
  roberta,
  distilbert,
} as const satisfies Families;
