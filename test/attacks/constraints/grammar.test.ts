import { describe, expect, test } from 'vitest';
import { keepsArticle } from '../../../src/attacks/constraints/article.ts';
import { sameInflection } from '../../../src/attacks/constraints/inflection.ts';
import { knownWords } from '../../../src/attacks/constraints/known-words.ts';
import { oneWord } from '../../../src/attacks/constraints/one-word.ts';
import { samePartOfSpeech } from '../../../src/attacks/constraints/part-of-speech.ts';
import { wordsAround } from '../../../src/attacks/constraints/tagged-change.ts';
import { wordnetSynonyms } from '../../../src/attacks/constraints/wordnet-synonyms.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';
import { englishTagger } from '../../../src/runs/lexica/load-tagger.ts';
import { editText, withEdit } from '../../../src/text/edited-text.ts';
import { changeIn } from './changes.ts';

const [wordnet, tagger] = [embeddedWordnet(), englishTagger()];
const sentence = 'the film leans on old jokes and a stale plot told by better writers .';

describe('the tagger', () => {
  test('tags each word that white space separates', () => {
    expect(tagger.tags(['a', 'well-made', 'film', '.', 'seems', 'dull.'])).toEqual([
      ...['other', 'verb', 'noun', 'other', 'verb', 'adjective'],
    ]);
    expect(tagger.tags([])).toEqual([]);
    expect(tagger.tags(sentence.split(' '))).toHaveLength(sentence.split(' ').length);
  });

  test('says which data it answers from', () => {
    expect(tagger.identity.settings).toEqual({ 'wink-nlp': '2.4.0', 'wink-eng-lite-web-model': '1.8.1' });
  });
});

describe('samePartOfSpeech', () => {
  const rule = samePartOfSpeech(tagger);
  const allows = (word: string, to: string) => rule.after!(changeIn(sentence, [word, to]));

  test('looks at both words where they stand', () => {
    expect(allows('film', 'movie')).toBe(true);
    expect(allows('stale', 'tired')).toBe(true);
    expect(allows('film', 'boring')).toBe(false);
    expect(allows('stale', 'slowly')).toBe(false);
  });

  test('lets noun and verb take turns where asked to', () => {
    const tags = ['noun', 'verb'] as const;
    const said = { identity: { id: 'said' }, tags: () => [tags[calls++ % 2]!] };
    let calls = 0;
    const change = changeIn('walk', ['walk', 'run']);
    expect(samePartOfSpeech(said).after!(change)).toBe(false);
    expect(samePartOfSpeech(said, { nounVerb: true }).after!(change)).toBe(true);
  });
});

describe('sameInflection', () => {
  const rule = sameInflection({ tagger, wordnet });

  test.each([
    [sentence, 'leans', 'relies', true],
    [sentence, 'leans', 'lean', false],
    [sentence, 'leans', 'relied', false],
    [sentence, 'jokes', 'gags', true],
    [sentence, 'jokes', 'gag', false],
    [sentence, 'better', 'finer', true],
    [sentence, 'better', 'good', false],
    [sentence, 'told', 'said', true],
    [sentence, 'told', 'tell', false],
    [sentence, 'stale', 'stales', false],
    ['it was written by a hack .', 'written', 'composed', true],
    ['it was written by a hack .', 'written', 'wrote', false],
    ['she wore glasses .', 'glasses', 'glassing', false],
    ['the film is old .', 'film', 'filming', false],
    ['the film is old .', 'film', 'thing', true],
    ['fincher made it .', 'fincher', 'lynch', true],
    ['i feel it .', 'feel', 'felt', false],
    ['i felt it .', 'felt', 'sensed', true],
    ['he cut the scene .', 'cut', 'trim', false],
    ['they wrote it .', 'wrote', 'made', true],
    ['a frustrating film .', 'frustrating', 'frustrated', false],
    ['a frustrating film .', 'frustrating', 'annoying', true],
    ['an amusing film .', 'amusing', 'funny', true],
    ['it is fully there .', 'fully', 'full', false],
    ['it is fully there .', 'fully', 'entirely', true],
    ['it is fully there .', 'fully', 'quite', true],
  ])('%s: %s becomes %s: %s', (text, from, to, allowed) => {
    expect(rule.after!(changeIn(text, [from, to]))).toBe(allowed);
  });

  test('keeps to its own affair: insertions pass', () => {
    const original = editText('a film');
    const edit = { start: 1, end: 1, to: 'good' };
    expect(rule.after!({ edit, original, edited: withEdit(original, edit), from: '', to: 'good' })).toBe(
      true,
    );
  });
});

test('keepsArticle: a and an fit what follows', () => {
  const allows = (text: string, from: string, to: string) => keepsArticle.after!(changeIn(text, [from, to]));
  expect(allows('a good film', 'good', 'excellent')).toBe(false);
  expect(allows('an awful film', 'awful', 'dreadful')).toBe(false);
  expect(allows('a good film', 'good', 'fine')).toBe(true);
  expect(allows('a good film', 'good', 'useful')).toBe(true);
  expect(allows('an awful film', 'awful', 'honest')).toBe(true);
  expect(allows('the good film', 'good', 'excellent')).toBe(true);
  expect(allows('a, good film', 'good', 'excellent')).toBe(true);
});

test('knownWords: what is put in exists', () => {
  const rule = knownWords({ has: wordnet.exists, source: 'WordNet 3.1', content: wordnet.content() });
  expect(rule.allowsSubstitution!('pages', 'Leaves')).toBe(true);
  expect(rule.allowsSubstitution!('pages', 'pagees')).toBe(false);
});

describe('wordnetSynonyms', () => {
  test.each([
    ['the movie is old .', 'movie', 'film', 1, true],
    ['the movies are old .', 'movies', 'films', 1, true],
    ['a funny film .', 'funny', 'comical', 1, true],
    ['the actor is old .', 'actor', 'performer', 2, false],
    ['a good film .', 'good', 'bad', 2, false],
    ['the comedy is old .', 'comedy', 'drama', 2, false],
    ['the kid is old .', 'kid', 'child', 1, true],
    ['her moist eyes .', 'moist', 'wet', 1, true],
    ['her wet eyes .', 'wet', 'moist', 1, false],
    ['a big studio .', 'big', 'great', 1, false],
    ['they kid us .', 'kid', 'child', 1, false],
    ['she felt it .', 'felt', 'matte', 4, false],
    ['she seemed to run 42 miles .', '42', 'xlii', 4, false],
  ])('%s: %s and %s in %i senses: %s', (text, from, to, senses, alike) => {
    const rule = wordnetSynonyms({ senses, wordnet, tagger });
    expect(rule.after!(changeIn(text, [from, to]))).toBe(alike);
  });

  test('leaves words alone that WordNet does not have', () => {
    const rule = wordnetSynonyms({ senses: 1, wordnet, tagger });
    const text = editText('fincher films');
    expect(text.original.map((word, index) => rule.before!({ text, index, word }))).toEqual([false, true]);
  });
});

describe('oneWord', () => {
  const original = editText('a well-made film moves fast');
  const allows = (edit: { start: number; end: number; to: string }, [from, to]: [string, string]) =>
    oneWord.after!({ edit, original, edited: withEdit(original, edit), from, to });
  test.each([
    ['a word for a word', { start: 2, end: 3, to: 'movie' }, 'film', 'movie', true],
    ['two words for one', { start: 4, end: 5, to: 'at speed' }, 'fast', 'at speed', false],
    ['one for two', { start: 3, end: 5, to: 'rushes' }, 'moves fast', 'rushes', false],
    ['an insertion', { start: 2, end: 2, to: 'old' }, '', 'old', false],
    ['a deletion', { start: 2, end: 3, to: '' }, 'film', '', false],
    ['a hyphen that was not there', { start: 4, end: 5, to: 'light-footed' }, 'fast', 'light-footed', false],
    ['a hyphen that was', { start: 1, end: 2, to: 'hand-made' }, 'well-made', 'hand-made', true],
  ])('%s', (_, edit, from, to, allowed) => {
    expect(allows(edit, [from, to])).toBe(allowed);
  });
});

test('wordsAround gives the words as they are now, and where the place is among them', () => {
  const text = withEdit(withEdit(editText('one two three four five'), { start: 1, end: 2, to: 'zwei und' }), {
    ...{ start: 3, end: 3, to: 'mehr' },
  });
  expect(wordsAround(text, 2, 1)).toEqual({ words: ['zwei', 'und', 'three', 'mehr', 'four'], at: 2 });
  expect(wordsAround(text, 0, 0)).toEqual({ words: ['one'], at: 0 });
  expect(wordsAround(text, 4, 9).words.join(' ')).toBe('one zwei und three mehr four five');
});
