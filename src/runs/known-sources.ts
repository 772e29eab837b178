import { basename } from 'node:path';
import type { Part, Parts } from '../base/part.ts';
import { identityEntries } from './identity.ts';
import type { RunRecord } from './run-folder.ts';

/** Rules that ask WordNet and let no word in by it. */
const putsNothingIn = /antonym|known-words|inflection/;

/** What a training took words from, and which of it an attack takes its words from, or judges them by, too. */
export interface KnownSources {
  /** As the training was told: `wordnet`, `pairs:ppdb.txt`, `mlm`; files without their folders. */
  readonly training: readonly string[];
  readonly shared: readonly string[];
}

/**
 * Holds what a model's training took substitutes from against an attack on it, by content: a gain against words that training has seen
 * is no gain against others.
 * @returns nothing for a training without substitutes
 */
export function knownSources(training: Trained, attack: { readonly parts: Parts }): KnownSources | undefined {
  const sources = sourcesOf(training);
  if (sources.length === 0) return undefined;
  const contents = new Set(
    identityEntries(attack.parts)
      .filter(([place]) => place.at(-1) === 'content' && !place.some((name) => putsNothingIn.test(name)))
      .map(([, value]) => String(value).replace(/^synonyms of /, '')),
  );
  const named = (some: readonly { readonly name: string }[]) => [...new Set(some.map(({ name }) => name))];
  return {
    training: named(sources),
    shared: named(sources.filter(({ content }) => content !== undefined && contents.has(content))),
  };
}

interface Source {
  readonly name: string;
  readonly content: string | undefined;
}

type Trained = Pick<RunRecord, 'options' | 'identity' | 'averaged'>;

/** Lexica of mixtures of substitutes, and of VDA's filter of candidates; of a mean, those of all that it is of. */
function sourcesOf({ options, identity, averaged = [] }: Trained): readonly Source[] {
  if (averaged.length > 0) return averaged.flatMap(({ record }) => (record ? sourcesOf(record) : []));
  const { substitutes, candidateFilter } = (identity?.parts.vda as Part | undefined)?.parts ?? {};
  const lexica = partsIn(substitutes, 'sources');
  const said = Array.isArray(options.candidateSources) ? options.candidateSources.map(String) : ['wordnet'];
  const named = said.filter((one) => one !== 'mlm');
  const ofSubstitutes = lexica.map((part, i) => ({
    name: withoutFolder(named[i] ?? part.id),
    ...contentOf(part),
  }));
  const filters = partsIn(candidateFilter, 'constraints').filter(({ id }) => !putsNothingIn.test(id));
  const ofFilter = filters.filter(({ content }) => content !== undefined);
  return [
    ...ofSubstitutes,
    ...(substitutes !== undefined && said.includes('mlm') ? [{ name: 'mlm', content: undefined }] : []),
    ...ofFilter.map((part) => ({ name: 'wordnet', ...contentOf(part) })),
  ];
}

const partsIn = (part: Part | readonly Part[] | undefined, role: string): readonly Part[] =>
  ([(part as Part | undefined)?.parts?.[role] ?? []] as const).flat() as readonly Part[];

const contentOf = ({ content }: Part): Pick<Source, 'content'> => ({
  content: typeof content === 'string' ? content : undefined,
});

/** `pairs:a/ppdb.txt` is `pairs:ppdb.txt`. */
function withoutFolder(source: string): string {
  const [, kind, path] = /^(\w+):(.+)$/s.exec(source) ?? [];
  return kind === undefined ? source : `${kind}:${basename(path!)}`;
}

/** In one sentence, for a table's notes. */
export const knownInWords = ({ training, shared }: KnownSources): string =>
  `training took words from ${training.join(', ')}; ` +
  (shared.length === 0 ? 'none of it is in the attack' : `in the attack, too: ${shared.join(', ')}`);
