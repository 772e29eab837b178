/**
 * Builds the demo page from two runs of `vda train` on the same task:
 *
 *     npm run page -- [RUN_PLAIN RUN_ROBUST] [--mlm MODEL] [--names PLAIN ROBUST] [--output-dir DIR]
 *
 * Without runs those of `vda demo`. MODEL proposes words; default: what RUN_PLAIN was fine-tuned from. Texts to begin with are drawn
 * from the file that RUN_PLAIN was validated on, where it is still there.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, VdaError } from '../../src/base/error.ts';
import { demoModels } from '../../src/cli/commands/demo-models.ts';
import { drawExamples } from '../../src/data/draw-examples.ts';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { demoSpec } from '../../src/options/demo.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { readRunRecord } from '../../src/runs/run-folder.ts';
import { baseModelOf } from '../../src/runs/trained-model.ts';
import { wordsOf } from '../../src/text/words.ts';
import { buildPage } from './build-page.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Texts of at most 40 words, half a dozen, drawn evenly over the classes. */
function textsOf(run: string): readonly string[] {
  const file = readRunRecord(run)?.options?.validationFile;
  if (typeof file !== 'string' || !existsSync(file)) return [];
  try {
    const short = { ...loadDataset(file) };
    const examples = short.examples.filter(
      ({ text, textPair }) => textPair === undefined && wordsOf(text).length <= 40,
    );
    return drawExamples({ ...short, examples }, { count: 6 }).map(({ text }) => text);
  } catch (error) {
    say(`No texts to begin with: ${messageOf(error)}`);
    return [];
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      mlm: { type: 'string' },
      names: { type: 'string', multiple: true },
      'output-dir': { type: 'string', default: 'page-dist' },
    },
  });
  const named = positionals.slice(0, 2);
  const { outputDir: demo } = demoSpec.schema.parse({});
  const [plain = join(demo, demoModels[0].folder), robust = join(demo, demoModels[1].folder)] = named;
  const missing = [plain, robust].find((run) => !existsSync(join(run, 'config.json')));
  if (missing !== undefined) {
    throw new VdaError(
      'not-found',
      `There is no model in ${missing}. Run npm run demo first, or name two folders that vda train wrote.`,
    );
  }
  const names = [
    values.names?.[0] ?? 'Fine-tuned plainly',
    positionals[2] ?? values.names?.[1] ?? 'Fine-tuned robustly',
  ];
  const output = resolve(values['output-dir']);
  const maskedLm = values.mlm ?? baseModelOf(await loadClassifier(plain));
  await buildPage({
    ...{ root: process.cwd(), maskedLm, texts: textsOf(plain), output },
    classifiers: [plain, robust].map((model, i) => ({ name: names[i]!, model })),
  });
  const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(output, name)),
  );
  const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
  say(
    `${output}: ${(bytes / 1e6).toFixed(1)} MB. Serve it, for example: npx vite preview --outDir ${values['output-dir']}`,
  );
}

try {
  await main();
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
}
