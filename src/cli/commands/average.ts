import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { holdFolder } from '../../files/folder-lock.ts';
import { isFolder } from '../../files/paths.ts';
import { longestInput } from '../../inference/longest-input.ts';
import type { averageSpec } from '../../options/average.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { writeModelCard } from '../../report/write-model-card.ts';
import { type AveragedModel, averageModels } from '../../training/average-models.ts';
import type { Run } from '../command.ts';
import { modelAccess } from '../inputs/model-access.ts';
import type { CommandIo } from '../terminal/io.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof averageSpec>;

/** Writes the mean of classifiers' weights, and a card that says what it is of. */
export const run: Run<typeof averageSpec> = (options, io) =>
  holdFolder(options.outputDir, { work: 'a mean of models' }, async () => {
    const { outputDir } = options;
    const made = await averageModels(options, modelAccess(io));
    for (const remark of made.remarks) sayTo(io)(remark);
    if (!existsSync(join(outputDir, 'README.md'))) await writeModelCard(outputDir, cardOf(made, options, io));
    const parts = made.record.averaged!.map(({ model, share }) => `${Number(share.toFixed(4))} of ${model}`);
    io.stdout.write(`${outputDir}: ${parts.join(', ')}\n`);
  });

/** What README.md says. Of the training texts it knows what the first record says. */
function cardOf({ model, record }: AveragedModel, { outputDir }: Options, io: CommandIo) {
  const [first] = record.averaged!;
  const { trainFile, model: start, maxSeqLength } = first?.record?.options ?? {};
  return {
    name: basename(resolve(outputDir)),
    ...(typeof start === 'string' && { baseModel: start, baseIsFolder: isFolder(start) }),
    dataset: typeof trainFile === 'string' ? basename(trainFile) : 'texts that are not recorded',
    labels: Object.values(model.config.id2label),
    method: `weighted mean of the weights of ${record.averaged!.length} classifiers`,
    command: `vda ${quoted(io.argv)}`,
    options: Object.fromEntries(
      record.averaged!.map(({ model: name, share }, i) => [
        `share ${i + 1}, ${basename(resolve(name))}`,
        share,
      ]),
    ),
    rows: [],
    ...(typeof maxSeqLength === 'number' && { maxTokens: Math.min(maxSeqLength, longestInput(model)) }),
    positions: model.architecture.positions(model.config),
    hasOnnx: false,
    ...(model.config.prompt && { prompt: model.config.prompt.template }),
  };
}
