import type { Part } from '../../base/part.ts';
import type { AttackStatus } from '../record.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

/**
 * How an attack looks for a text that fools the model. It begins where the model is right about the clean text, with words that
 * may change, and says how it ended; the text it found is that of `tools.progress`. It never sees who answers, so any number
 * run side by side, and each is exactly the algorithm that asks one text at a time.
 */
export interface SearchRule extends Part {
  readonly version: number;
  /** Whether it finds its way where a victim says no more than its decision. Default: it goes by scores. */
  readonly decisionsSuffice?: boolean;
  readonly run: (tools: Tools) => Search<AttackStatus>;
}
