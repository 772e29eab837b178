import type { RecipeName } from '../src/attack.ts';

/** An attack that the page offers: one that swaps words and asks no more than classifier, masked language model and WordNet. */
export interface OfferedRecipe {
  readonly id: RecipeName;
  readonly name: string;
  readonly about: string;
}

export const offered: readonly OfferedRecipe[] = [
  {
    id: 'bert-attack',
    name: 'BERT-Attack',
    about: 'puts in words that a masked language model proposes and WordNet finds related',
  },
  { id: 'textfooler', name: 'TextFooler', about: 'puts in words that WordNet finds near' },
  {
    id: 'pwws',
    name: 'PWWS',
    about: 'puts in WordNet’s synonyms, by how much word and synonym matter together',
  },
  { id: 'textbugger', name: 'TextBugger', about: 'misspells words or puts in near ones' },
  { id: 'deepwordbug', name: 'DeepWordBug', about: 'misspells words by one letter' },
];
