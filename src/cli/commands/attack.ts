import { basename, join, resolve } from 'node:path';
import { isModelAtFault } from '../../attacks/check-answers.ts';
import { type AttackRecipe, asksMaskedLm, readsContext } from '../../attacks/recipe.ts';
import { sayTruncated } from '../../augmentation/epoch-texts.ts';
import { VdaError } from '../../base/error.ts';
import type { Example } from '../../data/dataset.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { createMaskedLm } from '../../inference/masked-lm.ts';
import { createSentenceEncoder } from '../../inference/sentence-encoder.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import { attackSpec } from '../../options/attack.ts';
import { requireFiles, requireOtherFile } from '../../options/file-options.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadMaskedLm } from '../../pretrained/load-masked-lm.ts';
import { loadSentenceEncoder } from '../../pretrained/load-sentence-encoder.ts';
import { auditLines } from '../../report/audit-section.ts';
import { renderTable } from '../../report/results-table.ts';
import { writeReport } from '../../report/write-report.ts';
import { readReplay } from '../../runs/adversarial-texts.ts';
import { attackFiles, requireNoneOfAttack } from '../../runs/attack-run.ts';
import { inputKindOf } from '../../runs/input-kind.ts';
import { type ResultsRepair, runAttack } from '../../runs/run-attack.ts';
import { checkOutputFolder, runFile } from '../../runs/run-folder.ts';
import { recordOf } from '../../runs/run-record.ts';
import { baseModelOf, checkInputKind, saysHowMade } from '../../runs/trained-model.ts';
import { writeTextAttackLog } from '../../runs/write-textattack-log.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Run } from '../command.ts';
import { attackedPart } from '../inputs/attacked-part.ts';
import { overrideRemarks, setReader, setRemarks } from '../inputs/load-sets.ts';
import { maskedLmRemarks } from '../inputs/masked-lm-remarks.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { openVictim, requireOneText } from '../inputs/open-victim.ts';
import { recipeOf } from '../inputs/recipe-of.ts';
import { recipeRemarks } from '../inputs/recipe-remarks.ts';
import { shardOf, shardRemark } from '../inputs/shard.ts';
import { attackDisplay } from '../terminal/attack-display.ts';
import { fitted } from '../terminal/fitted.ts';
import type { CommandIo } from '../terminal/io.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof attackSpec>;

/** Attacks a classifier; goes on where the folder says that the same attack was stopped. */
export const run: Run<typeof attackSpec> = (options, io) =>
  holdFolder(options.outputDir, { work: 'an attack' }, () => attack(options, io));

const attack: Run<typeof attackSpec> = async (options, io) => {
  const say = sayTo(io);
  checkOutputFolder(options.outputDir, 'attack');
  requireFiles(attackSpec, options);
  requireOtherFile(attackSpec, options, 'logToCsv');
  const { logToCsv, outputDir: folder } = options;
  if (logToCsv !== undefined) requireNoneOfAttack(logToCsv, { folder, option: 'logToCsv' });
  const shard = shardOf(options, io.env);
  const remark = shardRemark(shard, { options, env: io.env });
  if (remark !== undefined) say(remark);
  const searching = options.replay === undefined ? await recipeOf(options) : undefined;
  const encoding =
    options.encoder === undefined ? undefined : await loadSentenceEncoder(options.encoder, modelAccess(io));
  const display = attackDisplay(io);
  const opened = await openVictim(options, { io, say: display.log });
  const { victim, model, classifier, name } = opened;
  const proposer = searching && (await maskedLmOf(searching, { options, model, io }));
  for (const remark of [...opened.remarks, ...overrideRemarks(options, io.given)]) say(remark);
  const texts = await textsOf(options, { labels: victim.labels, io });
  for (const remark of texts.remarks) say(remark);
  const kind = inputKindOf(texts.columns);
  if (model !== undefined) checkInputKind(model, { source: texts.path, kind });
  requireOneText(opened, { source: texts.path, kind });
  const { examples } = texts;
  const recipe = texts.recipe ?? searching!; // without a replay there is a search
  if (classifier !== undefined) {
    const truncated = examples.filter((example) => classifier.encode(example).truncated).length;
    sayTruncated({ examples, truncated }, { name: 'attacked', maxLength: classifier.maxLength, say });
  }
  const reading = { ...runtimeOf(options), runtime: nodeRuntime, signal: io.signal };
  const maskedLm =
    proposer &&
    createMaskedLm(proposer, { ...reading, ...(classifier && { maxLength: classifier.maxLength }) });
  if (proposer && maskedLm) {
    const reach = { classifier: classifier ?? { maxLength: Number.POSITIVE_INFINITY } };
    const { tokenizer } = proposer;
    const inContext = readsContext(recipe);
    for (const remark of maskedLmRemarks(examples, { ...reach, tokenizer, maskedLm, inContext })) say(remark);
  }
  if (texts.recipe === undefined) for (const remark of recipeRemarks(recipe)) say(remark);

  const record = recordOf({ command: 'attack', options, data: texts.hashes });
  const goOn = (done: number) =>
    say(
      `Stopped after ${done} of ${display.total()} examples, all kept. The same command goes on: vda ${quoted(io.argv)}`,
    );
  const result = await runAttack(examples, {
    ...{ recipe, shard, folder: options.outputDir, signal: io.signal, batch: options.batchSize },
    victim: display.watched(victim),
    ...(opened.clock && { clock: opened.clock }),
    maskedLm,
    ...(encoding && { encoder: createSentenceEncoder(encoding, reading) }),
    about: {
      model: name,
      ...(proposer && { maskedLm: basename(resolve(proposer.folder)) }),
      ...(encoding && { encoder: basename(resolve(encoding.folder)) }),
      data: texts.name,
    },
    ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit }),
    onProgress: display.update,
    onRemark: say,
    onRepair: (repair) => say(repairRemark(repair)),
  }).catch((thrown: unknown) => {
    display.finish();
    if (isModelAtFault(thrown) && options.victim !== undefined) goOn(display.done());
    throw thrown;
  });
  display.finish();
  if (!result.complete) {
    goOn(result.records.length);
    throw (
      io.signal.reason ?? new VdaError('internal', 'vda attack: ended before all examples were attacked.')
    );
  }
  await writeResults(options, { name, modelFolder: model?.folder, record, io });
  if (options.logToCsv !== undefined)
    writeTextAttackLog(options.logToCsv, { records: result.records, labels: victim.labels });
};

/** What is attacked, or asked about once more: examples, what to say of them, and what they are. */
interface Texts {
  readonly examples: readonly Example[];
  readonly path: string;
  readonly columns: { readonly textPair?: string };
  /** What people call them. */
  readonly name: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly remarks: readonly string[];
  /** Of a replay. */
  readonly recipe?: AttackRecipe;
}

async function textsOf(
  options: Options,
  { labels, io }: { readonly labels: readonly string[]; readonly io: CommandIo },
): Promise<Texts> {
  const { replay: path, replayTask: task, labels: fileLabels } = options;
  if (path !== undefined) {
    const { recipe, examples, source, remarks } = readReplay(path, { labels, fileLabels, task });
    const isPairs = examples.some(({ textPair }) => textPair !== undefined);
    return {
      ...{ examples, path, name: source, recipe, hashes: { replay: String(recipe.search.content) } },
      ...{ columns: isPairs ? { textPair: 'the second text' } : {}, remarks },
    };
  }
  const data = (await setReader(options, modelAccess(io))('test', { labels }))!; // the options are checked to name it
  const { examples, remarks } = attackedPart(data, options);
  return {
    ...{ examples, path: data.path, columns: data.columns, name: basename(data.path) },
    ...{ hashes: { testFile: data.sha256 }, remarks: [...setRemarks({ test: data }), ...remarks] },
  };
}

/** The masked language model that proposes words; undefined where the attack asks none. */
async function maskedLmOf(
  recipe: AttackRecipe,
  p: {
    readonly options: Options;
    readonly model: PretrainedModel | undefined;
    readonly io: CommandIo;
  },
): Promise<PretrainedModel | undefined> {
  const { options, model, io } = p;
  const say = sayTo(io);
  if (!asksMaskedLm(recipe)) {
    if (options.mlm !== undefined)
      say(`The attack ${recipe.id} asks no masked language model: --mlm is not read.`);
    return undefined;
  }
  const mlm = options.mlm ?? (model && baseModelOf(model));
  if (mlm === undefined) {
    throw new VdaError(
      'usage',
      `The attack ${recipe.id} asks a masked language model for words: name one with --mlm, such as bert-base-uncased.`,
    );
  }
  if (options.mlm === undefined)
    say(`Words are proposed by ${mlm}, which the classifier was fine-tuned from.`);
  return loadMaskedLm(mlm, modelAccess(io));
}

/** Writes `run.json`, `summary.json` and `report.html`, and prints the table. */
async function writeResults(
  { outputDir }: Options,
  p: {
    readonly name: string;
    readonly modelFolder: string | undefined;
    readonly record: unknown;
    readonly io: CommandIo;
  },
): Promise<void> {
  const json = (value: unknown) => [`${JSON.stringify(value, undefined, 2)}\n`];
  writeFilesAtomically([{ path: join(outputDir, runFile), chunks: json(p.record) }]);
  const { name, modelFolder } = p;
  const trained = modelFolder !== undefined && saysHowMade(modelFolder);
  const { rows } = await writeReport({
    file: join(outputDir, attackFiles.report),
    title: `Attack on ${name}`,
    rows: [{ name, attackFolder: outputDir, ...(trained && { trainFolder: modelFolder }) }],
    command: `vda ${quoted(p.io.argv)}`,
  });
  const summary = rows.map(
    ({ name, preset, filters, note, provenance, problems, calibrations, metrics }) => ({
      ...{ name, preset, filters, note, provenance, problems, calibrations, metrics },
    }),
  );
  writeFilesAtomically([{ path: join(outputDir, attackFiles.summary), chunks: json(summary[0]) }]);
  const { columns } = p.io.stdout;
  const said = [
    renderTable(rows, { format: 'text', columns }),
    ...auditLines(rows).map((line) => `${line}\n`),
  ];
  p.io.stdout.write(fitted(said.join(''), columns));
}

function repairRemark({ path, badLines, repeatedLines, otherLines, kept }: ResultsRepair): string {
  const lines = [
    [badLines, 'cut short or damaged'] as const,
    [repeatedLines, 'repeated'] as const,
    [otherLines, 'of other examples'] as const,
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return `${path}: lines dropped: ${lines.join(', ')}; ${kept} results are kept. Examples without a result are attacked again.`;
}
