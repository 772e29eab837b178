import { createRequire } from 'node:module';
import { type Tagger, type WinkPackages, winkTagger } from '../../attacks/lexicon/tagger.ts';
import { once } from '../../base/once.ts';

const require = createRequire(import.meta.url);

/** The tagger that constraints ask in Node. Its packages are loaded when it is first asked for. */
export const englishTagger: () => Tagger = once(() => {
  const versionOf = (name: string) =>
    (require(`${name}/package.json`) as { readonly version: string }).version;
  const names = ['wink-nlp', 'wink-eng-lite-web-model'] as const;
  const [winkNLP, model] = names.map((name) => require(name)) as [WinkPackages<unknown>['winkNLP'], unknown];
  return winkTagger({
    winkNLP,
    model,
    versions: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
  });
});
