import { z } from 'zod';
import { type ConstraintName, constraintCatalog } from '../attacks/constraints/catalog.ts';
import { type ProfileName, profiles } from '../attacks/profiles.ts';
import type { PresetName, RecipeDefinition, RecipeSettings } from '../attacks/recipes/definition.ts';
import { ensembleMembers } from '../attacks/recipes/ensemble.ts';
import { recipes } from '../attacks/recipes/index.ts';
import { argument } from '../base/error.ts';
import { encoderProblems, recipeProblems, replayProblems, similarityProblems } from './attack-problems.ts';
import {
  columnOptions,
  dataFormats,
  dataProblems,
  datasetMaxSeqLength,
  datasetOptions,
  datasetPreset,
  fileLabelsOption,
  path,
  testFile,
} from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import { oneRecipe } from './recipes.ts';
import { shardOptions } from './shard.ts';
import { smoothingOptions, smoothingProblems } from './smoothing.ts';
import type { CommandSpec } from './spec.ts';
import { choice, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';
import { victimOptions, victimProblems } from './victim.ts';

/** Attacks, by name; and several at once. */
export const recipeSummaries = {
  ...oneRecipe,
  ensemble: `the worst case over ${ensembleMembers.join(', ')}: a text is robust only if it survives all`,
} as const;

/** Presets of attacks, by name. */
export const attackPresets = {
  default: "vda's own: the attack as described, mistakes of its published code mended",
  paper: 'what the paper of the attack says, where the default departs from it',
  official: 'the published code with its departures from the paper',
} as const satisfies Record<PresetName, string>;

/** Profiles, by name. */
export const profileSummaries = Object.fromEntries(
  Object.entries(profiles).map(([name, { summary }]) => [name, summary]),
) as Readonly<Record<ProfileName, string>>;

/** Constraints that `--constraints` adds, by name. */
export const constraintSummaries = Object.fromEntries(
  Object.entries(constraintCatalog).map(([name, { summary }]) => [name, summary]),
) as Readonly<Record<ConstraintName, string>>;

const group = 'Attack';
const constraintGroup = 'Constraints';

/** `Default: wordnet (bert-attack, textfooler); none (bert-attack as official).`, from the recipes; of a preset what it changes. */
function defaultsOf(key: keyof RecipeSettings): string {
  const settings = Object.values<RecipeDefinition>(recipes).flatMap(({ id, presets }) =>
    Object.entries(presets).flatMap(([preset, values]) => {
      const value = values[key];
      const isUsual = preset !== 'default' && String(value) === String(presets.default[key]);
      if (value === undefined || isUsual) return [];
      const said = Array.isArray(value) ? value.join(' ') : String(value);
      return [{ said, where: preset === 'default' ? id : `${id} as ${preset}` }];
    }),
  );
  const said = [...new Set(settings.map((one) => one.said))];
  const each = said.map((value) => {
    const places = settings.filter((one) => one.said === value).map(({ where }) => where);
    return `${value} (${places.join(', ')})`;
  });
  return `Default: ${each.join('; ')}.`;
}

/** Attacks that leave no words alone. */
const withoutStopWords = Object.values<RecipeDefinition>(recipes)
  .filter(({ presets }) => presets.default.stopWords?.size === 0)
  .map(({ id }) => id);

const schema = z.strictObject({
  model: modelOption('Classifier to attack. Required without --victim.', path().optional()),
  mlm: option(path().optional(), {
    description:
      'Masked language model that proposes words. By default the model that the classifier was fine-tuned from.',
    group: 'Model',
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  ...victimOptions,
  ...smoothingOptions,
  ...datasetOptions,
  testFile: testFile(
    `Labelled texts to attack: ${dataFormats}. Required without --dataset.`,
    path().optional(),
  ),
  ...columnOptions,
  labels: fileLabelsOption,
  replay: option(path().optional(), {
    description:
      'Adversarial texts to ask the model about, in place of an attack: the folder or results.jsonl of a vda attack, a log of TextAttack (.csv), or the file of AdvGLUE (.json). Its successes are answered once each.',
    group: 'Data',
    value: 'FILE',
    knownAs: ['transfer', 'from-csv'],
  }),
  replayTask: option(z.string().min(1).optional(), {
    description: 'Task of AdvGLUE, where the file has several, such as sst2.',
    group: 'Data',
    value: 'NAME',
  }),
  numExamples: option(z.int().min(1).default(1000), {
    description:
      'Texts to attack, drawn from the file by a fixed shuffle, stratified by class: the same ones in every run, and among those of a larger number. The default is that of the VDA paper (300 for its long reviews).',
    group: 'Data',
    unit: 'texts',
  }),
  offset: option(z.int().min(0).default(0), {
    description: 'Texts to leave out at the beginning of the draw.',
    group: 'Data',
    unit: 'texts',
    knownAs: ['num-examples-offset'],
  }),
  maxSeqLength: datasetMaxSeqLength,
  recipe: option(z.array(choice(recipeSummaries)).min(1).default(['bert-attack']), {
    description:
      'The attack; vda list attacks says what each one is. Several run one after another on each text, up to the first that succeeds: the worst case over them.',
    group,
    knownAs: ['attack', 'attack-recipe'],
  }),
  preset: option(choice(attackPresets).default('default'), {
    description:
      'paper and official change the defaults of other options, and the attack where these cannot say it, to what its paper or its published code does. The run prints the differences.',
    group,
    knownAs: ['fidelity'],
  }),
  maxCandidates: option(z.int().min(1).optional(), {
    description: `Words proposed in a word's place, before the constraints (K). ${defaultsOf('maxCandidates')}`,
    group,
    unit: 'words',
    knownAs: ['k', 'top-k'],
  }),
  queryBudget: option(z.int().min(1).optional(), {
    description:
      'Questions to the classifier for each text; an attack that would need more ends as out-of-queries. By default without limit.',
    group,
    unit: 'queries',
    knownAs: ['max-queries'],
  }),
  timeLimit: option(z.number().positive().optional(), {
    description:
      'Time for each text; one that runs out is counted apart, never as robust. By default without limit.',
    group,
    unit: 'seconds',
    knownAs: ['timeout'],
  }),
  batchSize: option(z.int().min(1).default(64), {
    description: 'Texts in a question to the classifier; no influence on results.',
    group,
    unit: 'texts',
    knownAs: ['per-device-eval-batch-size', 'model-batch-size'],
  }),
  maxChangeRate: option(z.number().min(0).max(1).optional(), {
    description: `Largest proportion of words that may change. ${defaultsOf('maxChangeRate')}`,
    group: constraintGroup,
    knownAs: ['max-percent-words', 'change-threshold'],
  }),
  similarity: option(z.array(path()).min(1).optional(), {
    description: `Sources of word similarity, each of which a replacement must pass: wordnet, files of word vectors or neighbours, or none. An attack that takes its words from a lexicon takes them from the first. ${defaultsOf('similarity')}`,
    group: constraintGroup,
    value: 'FILE|wordnet|none',
  }),
  similarityThreshold: option(z.number().min(-1).max(1).optional(), {
    description: `Least cosine of two words that may stand for each other, where both are in the file. ${defaultsOf('similarityThreshold')} 0.7 is that of the attack in the VDA paper; Li et al. (BERT-Attack) use 0.4.`,
    group: constraintGroup,
    value: 'COSINE',
  }),
  antonyms: option(path().optional(), {
    description: `Word pairs that may not stand for each other: wordnet, a file, or none. ${defaultsOf('antonyms')}`,
    group: constraintGroup,
    value: 'FILE|wordnet|none',
  }),
  stopWords: option(path().default('default'), {
    description: `Words that are neither replaced nor put in: a file with one a line, none, or default, those of the attack: a list of English function words, and none of ${withoutStopWords.join(', ')}.`,
    group: constraintGroup,
    value: 'FILE|default|none',
  }),
  profile: option(choice(profileSummaries).optional(), {
    description:
      "How far attacked texts may go, in place of the attack's own rules of meaning; --similarity, --antonyms and --stop-words still choose the sources. Named in the table; docs/constraints.md says what is in each.",
    group: constraintGroup,
  }),
  constraints: option(z.array(z.string()).min(1).optional(), {
    description: `Constraints beside the others, each NAME or NAME=VALUE: ${Object.entries(
      constraintSummaries,
    )
      .map(([name, summary]) => `${name} (${summary})`)
      .join('; ')}.`,
    group: constraintGroup,
    value: 'NAME',
  }),
  encoder: option(path().optional(), {
    description:
      'Sentence encoder that judges similarity of sentences: a BERT-like model, whose last states are averaged. Needed by the profiles strict and uniform.',
    group: 'Model',
    value: 'MODEL',
  }),
  ...shardOptions({ what: 'Attack only part i of n', group: 'Parts' }),
  outputDir: option(path(), {
    description:
      'Folder of results.jsonl, to which each text is added as it ends, and of the summary. An attack that was stopped goes on there.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir'],
  }),
  logToCsv: option(path().optional(), {
    description: 'The results once more, as TextAttack writes its log.',
    group: 'Output',
    value: 'CSV-FILE',
  }),
  device,
  numThreads,
});

/** `vda attack`: options and help. */
export const attackSpec: CommandSpec<typeof schema> = {
  name: 'attack',
  summary: summaries.attack,
  schema,
  presets: [datasetPreset(({ maxSeqLength, attacked }) => ({ maxSeqLength, numExamples: attacked }))],
  check(options, given) {
    const others =
      options.replay === undefined
        ? [
            ...dataProblems(options, { given, files: ['testFile'], needed: 'testFile' }),
            ...recipeProblems(options, given),
            ...similarityProblems(options, given),
            ...encoderProblems(options),
            ...(given.has('replayTask')
              ? [`${argument('replayTask')} has no effect without ${argument('replay')}.`]
              : []),
          ]
        : replayProblems(given);
    const problems = [...victimProblems(options, given), ...smoothingProblems(options, { given }), ...others];
    if (problems.length > 0) throw usageError('attack', problems);
  },
  examples: [
    {
      what: 'BERT-Attack on 200 test texts, drawn from the file:',
      command:
        'vda attack --model ./runs/vda --mlm bert-base-uncased --test-file test.tsv --num-examples 200 --output-dir runs/vda/attack',
    },
    {
      what: 'The worst case over five attacks:',
      command:
        'vda attack --model ./runs/vda --mlm bert-base-uncased --test-file test.tsv --recipe ensemble --output-dir runs/vda/attack-ensemble',
    },
    {
      what: 'Only words of similar meaning, at most a fifth of the text:',
      command:
        'vda attack --model ./runs/vda --test-file test.tsv --similarity vectors.txt --similarity-threshold 0.5 --max-change-rate 0.2 --output-dir runs/vda/attack-close',
    },
    {
      what: 'The test texts of a data set of the paper:',
      command: 'vda attack --model ./runs/mrpc --dataset mrpc --data-dir data --output-dir runs/mrpc/attack',
    },
    {
      what: 'The second of four parts, on any machine:',
      command:
        'vda attack --model ./runs/vda --test-file test.tsv --shard 1/4 --output-dir runs/vda/attack-1',
    },
  ],
};
