import { describe, expect, test } from 'vitest';
import { keepsArticle } from '../../../src/attacks/constraints/article.ts';
import { sameInflection } from '../../../src/attacks/constraints/inflection.ts';
import { knownWords } from '../../../src/attacks/constraints/known-words.ts';
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
    ['movie', 'film', 1, true],
    ['movies', 'films', 1, true],
    ['funny', 'comical', 1, true],
    ['actor', 'performer', 2, false],
    ['good', 'bad', 2, false],
    ['comedy', 'drama', 2, false],
  ])('%s and %s in %i senses: %s', (from, to, senses, alike) => {
    expect(wordnetSynonyms(wordnet, { senses }).allowsSubstitution!(from, to)).toBe(alike);
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
