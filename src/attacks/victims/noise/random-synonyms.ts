import { sample } from '../../../base/random.ts';
import { checkSettings, hasMethods, requireArgument } from '../../../base/setting-rules.ts';
import type { Lexicon } from '../../recipes/definition.ts';
import { inCaseOf, splitWord } from '../../transformation/word-core.ts';
import type { WordNoise } from '../with-smoothing.ts';

/**
 * Draws words anew, each from itself and the words that a lexicon has in its place, all equally likely: of n words
 * ⌊ρ·n + ½⌋, any set of so many. Punctuation around a word stays, capitals are carried over.
 *
 * Source: SAFER (Ye et al., ACL 2020), §3.1, whose ρ is 1; its sets of words are counter-fitted neighbours.
 * @param options.rate ρ, from 0 to 1
 * @param options.most words of the lexicon for a word, best first. Default 50
 * @throws VdaError `usage` for a number out of range, and for what is no lexicon
 */
export function randomSynonyms(options: {
  readonly rate: number;
  readonly lexicon: Lexicon;
  readonly most?: number;
}): WordNoise {
  const { rate, lexicon, most = 50 } = options;
  checkSettings('randomSynonyms', { rate, most }, { rules });
  requireArgument(hasMethods(lexicon, ['substitutes']), {
    ...{ owner: 'randomSynonyms', name: 'lexicon', got: lexicon },
    expected: 'a lexicon, as wordnetLexicon gives',
  });
  const anyOf = (word: string): readonly string[] => {
    const { before, core, after } = splitWord(word);
    const others = core === '' ? [] : lexicon.substitutes(core, most);
    return [...new Set([word, ...others.map((other) => before + inCaseOf(core, other) + after)])];
  };
  return {
    part: { id: 'random-synonyms', version: 1, settings: { rate, most }, content: lexicon.content },
    draw: (words, stream) => {
      const drawn = [...words];
      for (const i of sample(words.length, Math.round(rate * words.length), stream)) {
        const choices = anyOf(words[i]!);
        drawn[i] = choices[stream.nextInt(choices.length)]!;
      }
      return drawn;
    },
  };
}

const rules = { rate: { kind: 'number', min: 0, max: 1 }, most: { kind: 'integer', min: 1 } } as const;
