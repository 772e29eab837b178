import { describe, expect, test } from 'vitest';
import { wordnetAntonyms } from '../../../src/attacks/constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../../../src/attacks/constraints/wordnet-related.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';

const wordnet = embeddedWordnet();
const related = wordnetRelated(wordnet);
const antonyms = wordnetAntonyms(wordnet);

describe('wordnetAntonyms', () => {
  test.each([
    ['good', 'bad', 'named by WordNet'],
    ['Best', 'worst', 'through their lemmas'],
    ['terrible', 'superb', 'satellites of bad and good'],
    ['great', 'awful', 'satellites, in other senses of one cluster too'],
    ['adore', 'hate', 'one kind below love'],
    ['flop', 'success', 'one kind below failure'],
    ['goodness', 'badness', 'nouns of opposite adjectives'],
    ['badly', 'well', 'adverbs of opposite adjectives'],
    ['succeeds', 'failed', 'inflected'],
    ['likable', 'unlikable', 'a negating prefix'],
    ['useful', 'useless', '-ful against -less'],
  ])('refuses %s for %s: %s', (from, to) => {
    expect(antonyms.allowsSubstitution!(from, to)).toBe(false);
    expect(antonyms.allowsSubstitution!(to, from)).toBe(false);
  });

  test.each([
    ['movie', 'film'],
    ['funny', 'amusing'],
    ['dull', 'tedious'],
    ['awful', 'dreadful'],
    ['actor', 'performer'],
    ['beautifully', 'gorgeously'],
    ['fincher', 'xqzt'],
  ])('lets %s and %s pass', (from, to) => {
    expect(antonyms.allowsSubstitution!(from, to)).toBe(true);
  });
});

describe('wordnetRelated', () => {
  test.each([
    ['movie', 'film', 'a shared synset'],
    ['movies', 'movie', 'forms of one lemma'],
    ['actor', 'performer', 'a kind of'],
    ['good', 'great', 'a head and its satellite'],
    ['Clever', 'smart', 'whatever the case'],
    ['beautifully', 'gorgeously', 'adverbs of a head and its satellite'],
    ['quickly', 'rapidly', 'adverbs with one sense'],
    ['cupsful', 'cupful', 'forms of one noun in -ful'],
  ])('%s and %s: %s', (from, to) => {
    expect(related.allowsSubstitution!(from, to)).toBe(true);
    expect(related.allowsSubstitution!(to, from)).toBe(true);
  });

  test.each([
    ['comedy', 'tragedy', 'kinds of one kind'],
    ['man', 'woman', 'kinds of one kind'],
    ['love', 'hate', 'unrelated verbs'],
    ['beautiful', 'beauty', 'different parts of speech'],
    ['wonderful', 'awful', 'by a rare sense only'],
    ['wonderful', 'terrible', 'satellites of extraordinary'],
    ['historically', 'recently', 'adverbs of such satellites'],
    ['falsely', 'unctuously', 'adverbs of such satellites'],
    ['famously', 'stunningly', 'adverbs of such satellites'],
    ['badly', 'vehemently', 'adverbs of such satellites'],
    ['movie', 'fincher', 'unknown'],
  ])('%s and %s are not: %s', (from, to) => {
    expect(related.allowsSubstitution!(from, to)).toBe(false);
  });

  test('words that WordNet does not know are not replaced', () => {
    expect(related.allowsReplacing!('fincher')).toBe(false);
    expect(related.allowsReplacing!('Movies')).toBe(true);
  });
});
