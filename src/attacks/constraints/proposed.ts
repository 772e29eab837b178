import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import { substitutes } from '../transformation/masked-words.ts';
import { unmaskedCandidates } from '../transformation/unmasked-candidates.ts';
import { splitWord } from '../transformation/word-core.ts';
import { type Constraint, isSwap } from './constraint.ts';

const rules = { most: { kind: 'integer', min: 1 } } as const satisfies SettingRules;

/**
 * What comes is among the words that the masked language model would put in the place of the word that it sees there, in the text
 * that the attack began with. A masked pass says what fits a place; an unmasked one what fits it in place of *that word*: it keeps
 * *saccharine* from becoming *sweet*. An edit that does not put one word in place of one passes.
 *
 * Source: Li et al. 2020 (arXiv:2004.09984), §3.2, whose candidates these are; Zhou et al. 2019 (ACL, P19-1328) rank substitutes
 * with the word in sight. As a rule for other attacks: the project's own.
 * @throws VdaError `usage` for less than one word
 */
export const proposed = ({ most }: { readonly most: number }): Constraint => ({
  ...{ id: 'proposed', version: 1, settings: checkSettings('proposed', { most }, { rules }) },
  name: `among ${most} proposals (masked LM, unmasked)`,
  asks: ['maskedLm'],
  *judge(changes, tools) {
    const answers = yield* unmaskedCandidates(tools, { topK: most, inContext: true });
    const words = new Map<number, ReadonlySet<string>>();
    return changes.map((change) => {
      if (!isSwap(change)) return true;
      const { edit, original, to } = change;
      const { start } = edit;
      if (!words.has(start)) {
        const p = { answer: answers[start]!, topK: most, vocabulary: tools.vocabulary! };
        const found = substitutes(original.original[start]!, p);
        words.set(start, new Set(found.map((word) => splitWord(word).core.toLowerCase())));
      }
      return words.get(start)!.has(to.toLowerCase());
    });
  },
});
