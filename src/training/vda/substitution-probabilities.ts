import { join } from 'node:path';
import type { EncodedExamples } from '../../augmentation/epoch-texts.ts';
import { argument, VdaError } from '../../base/error.ts';
import { contentHashOf } from '../../files/content-hash.ts';
import { createMaskedLm } from '../../inference/masked-lm.ts';
import { modelIdentity } from '../../inference/model-identity.ts';
import type { ModelConfig } from '../../models/config.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import type { RunHooks } from '../../runs/hooks.ts';
import { type Identity, identityOf, shortHash } from '../../runs/identity.ts';
import type { RuntimeOptions } from '../../runtime/compile.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import { lexiconSourcesOf } from '../../strategies/vda/candidate-sources.ts';
import type { TokenCandidates, VdaFeedSources } from '../../strategies/vda/feed-sources.ts';
import { storedCandidates } from '../../strategies/vda/feeds.ts';
import {
  mixesMaskedLmTable,
  mixesSubstitutes,
  needsCandidates,
  needsMaskedLmLogits,
  substituteSettings,
  type VdaOptions,
} from '../../strategies/vda/options.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import { openCandidates } from './candidate-file.ts';
import { loadCandidateLexicon } from './candidate-lexica.ts';
import { requireReach } from './masked-lm-reach.ts';
import { createRelatedFilter, relatedFilterIdentity, relatedPool } from './related-candidates.ts';
import { createSubstitutes } from './substitutes.ts';

export interface VdaSources {
  readonly sources: VdaFeedSources;
  /** Works out the candidates of further texts; those it was told before are forgotten. */
  learn(more: EncodedExamples): Promise<void>;
  close(): void;
}

/**
 * Eq. 2 of VDA before training: what the mixture needs of the masked LM, its weights inside the step, or its K likeliest candidates
 * at each position, which are the same in every epoch, for it is frozen. Who reads them: strategies/vda/substitution-probabilities.ts.
 */
export async function createVdaSources(p: {
  readonly options: VdaOptions;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly encoded: EncodedExamples;
  /** Tokens of the longest text that a batch may hold, padding included. */
  readonly longest: number;
  /** Called where the mixture needs one. */
  readonly maskedLm: () => Promise<PretrainedModel>;
  readonly outputDir: string;
  /** Folder of candidates that runs share; by default they lie in the run's own. */
  readonly candidatesDir: string | undefined;
  readonly runtime: RuntimeOptions;
  readonly hooks: RunHooks;
  /** Told where kept candidates are damaged, and worked out anew. */
  readonly say: (line: string) => void;
}): Promise<VdaSources> {
  const { options, config, encoded } = p;
  const { specialIds } = p.tokenizer;
  const nothing = { learn: async () => {}, close: () => {} };
  const inStep = needsMaskedLmLogits(options.mixture) || mixesMaskedLmTable(options);
  const asksForCandidates = needsCandidates(options);
  if (!inStep && !asksForCandidates)
    return {
      sources: { specialIds, ...(mixesSubstitutes(options.mixture) && substituteSources(p)) },
      ...nothing,
    };
  const maskedLm = await p.maskedLm();
  requireFit(maskedLm, { options, config });
  requireReach(maskedLm, { ...encoded, longest: p.longest });
  const sources: VdaFeedSources = inStep ? { specialIds, maskedLm } : { specialIds };
  if (!asksForCandidates) return { sources, ...nothing };
  const fingerprint = shortHash(
    await candidatesIdentity(maskedLm, { options, encoded, device: p.runtime.device }),
  );
  const base = p.candidatesDir ? join(p.candidatesDir, fingerprint) : join(p.outputDir, 'candidates');
  const { candidatesOf, close } = await openCandidates(base, {
    fingerprint,
    pairs: pairsOf(encoded, options),
    compute: () => candidates({ ...p, maskedLm, encoded }),
    say: p.say,
  });
  const learnt = new Map<number, TokenCandidates>();
  const guessesOf = (id: number) => learnt.get(id) ?? candidatesOf(id);
  return {
    sources: {
      ...sources,
      candidatesOf: guessesOf,
      ...(mixesSubstitutes(options.mixture) && substituteSources({ ...p, guessesOf })),
    },
    learn: async (more) => {
      learnt.clear();
      for await (const [id, found] of candidates({ ...p, maskedLm, encoded: more })) learnt.set(id, found);
    },
    close,
  };
}

/** Substitutes of the texts' words, and how often a token occurs in the texts. */
function substituteSources(p: {
  readonly options: VdaOptions;
  readonly tokenizer: Tokenizer;
  readonly encoded: EncodedExamples;
  readonly guessesOf?: (exampleId: number) => TokenCandidates;
}): Pick<VdaFeedSources, 'substitutesOf' | 'frequencyOf'> {
  const { options, tokenizer, guessesOf } = p;
  const { secondOrder, topK: most } = substituteSettings(options);
  const lexica = lexiconSourcesOf(options).map(loadCandidateLexicon);
  const guesses = guessesOf && { of: guessesOf, stored: storedCandidates(options) };
  const counts = new Map<number, number>();
  for (const { ids } of p.encoded.encodings) for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return {
    substitutesOf: createSubstitutes({ tokenizer, lexica, guesses }, { secondOrder, most }),
    frequencyOf: (id) => counts.get(id) ?? 0,
  };
}

/** Candidates of each text: so many for each of its tokens. */
const pairsOf = (
  { examples, encodings }: EncodedExamples,
  options: VdaOptions,
): ReadonlyMap<number, number> =>
  new Map(encodings.map(({ ids }, i) => [examples[i]!.id, ids.length * storedCandidates(options)]));

/** @throws VdaError `bad-input` when the masked LM's tables don't go with the model's, `usage` when it has too few tokens */
function requireFit(
  maskedLm: PretrainedModel,
  { options, config }: { readonly options: VdaOptions; readonly config: ModelConfig },
): void {
  const { vocabSize: rows, hiddenSize: width } = maskedLm.config;
  const sameWidth = !mixesMaskedLmTable(options) || width === config.hiddenSize;
  if (rows !== config.vocabSize || !sameWidth) {
    throw new VdaError(
      'bad-input',
      `The masked LM ${maskedLm.folder} has embeddings of ${rows} × ${width} (tokens × dimensions), the model ${config.vocabSize} × ${config.hiddenSize}: they can't be mixed with ${argument('embeddingTable')} ${options.embeddingTable}. Take the masked LM the model comes from${sameWidth ? '' : `, or ${argument('embeddingTable')} target`}.`,
    );
  }
  const count = storedCandidates(options);
  if (needsCandidates(options) && count > rows) {
    throw new VdaError(
      'usage',
      `${argument('topK')} ${options.topK}: expected at most ${rows - (count - options.topK)}, for the masked LM ${maskedLm.folder} knows ${rows} tokens. Lower it.`,
    );
  }
}

/** What decides candidates: the masked LM, the texts as tokens, and which candidates are kept. */
async function candidatesIdentity(
  maskedLm: PretrainedModel,
  p: {
    readonly options: VdaOptions;
    readonly encoded: EncodedExamples;
    readonly device: RuntimeOptions['device'];
  },
): Promise<Identity> {
  const { options, encoded, device = 'cpu' } = p;
  const { examples, encodings } = encoded;
  const lines = encodings.map(
    ({ ids, typeIds }, i) => `${examples[i]!.id} ${ids.join(' ')} ${typeIds.join(' ')}`,
  );
  return identityOf({
    candidates: { id: 'candidates', version: 1, settings: { count: storedCandidates(options), device } },
    filter: options.candidateFilter === 'related' ? relatedFilterIdentity() : undefined,
    maskedLm: modelIdentity(maskedLm, nodeRuntime),
    tokens: { id: 'tokens', content: contentHashOf(lines) },
  });
}

/** Candidates of all training texts, longest texts first, with progress. */
async function* candidates(p: {
  readonly maskedLm: PretrainedModel;
  readonly encoded: EncodedExamples;
  readonly options: VdaOptions;
  readonly runtime: RuntimeOptions;
  readonly hooks: RunHooks;
}): AsyncGenerator<readonly [number, TokenCandidates]> {
  const { examples, encodings } = p.encoded;
  const keep = storedCandidates(p.options);
  const pool =
    p.options.candidateFilter === 'related'
      ? Math.min(Math.max(keep, relatedPool), p.maskedLm.config.vocabSize)
      : keep;
  const order = encodings
    .map((_, i) => i)
    .sort((a, b) => encodings[b]!.ids.length - encodings[a]!.ids.length);
  const progress = p.hooks.progress({ label: 'Masked-LM candidates', total: order.length, unit: 'text' });
  const maskedLm = createMaskedLm(p.maskedLm, {
    ...{ ...p.runtime, runtime: nodeRuntime },
    ...{ workerProcesses: true, onRemark: progress.log },
  });
  const filter = p.options.candidateFilter === 'related' ? createRelatedFilter(maskedLm) : undefined;
  try {
    for (let start = 0; start < order.length; start += textsAtOnce) {
      const chosen = order.slice(start, start + textsAtOnce);
      const found = await maskedLm.topCandidates(
        chosen.map((i) => encodings[i]!),
        { k: pool, signal: p.hooks.signal, onProgress: (done) => progress.update(start + done) },
      );
      for (const [j, i] of chosen.entries()) {
        const chosen = filter ? filter(encodings[i]!.ids, found[j]!, { pool, keep }) : found[j]!;
        yield [examples[i]!.id, chosen] as const;
      }
    }
  } finally {
    progress.finish();
    await maskedLm.release();
  }
}

/** Bounds what is held before it is written: some 40 MB for 128 tokens and 33 candidates. */
const textsAtOnce = 1024;
