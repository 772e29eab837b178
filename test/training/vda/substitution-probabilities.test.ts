import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encodeExamples } from '../../../src/augmentation/epoch-texts.ts';
import { loadMaskedLm } from '../../../src/pretrained/load-masked-lm.ts';
import type { RunHooks } from '../../../src/runs/hooks.ts';
import { createVdaSources } from '../../../src/training/vda/substitution-probabilities.ts';
import { temporaryFolder } from '../../pretrained/folders.ts';
import { noisyVda, tinyDataset } from '../tiny-fine-tune.ts';
import { tinyTokenizer, writeTinyModel } from '../tiny-model.ts';

/** Processes that this one has started, as Linux lists them. */
const children = (): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        / ([A-Z]) (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[2] === `${process.pid}`
      );
    } catch {
      return false; // gone meanwhile
    }
  });

it.runIf(process.platform === 'linux')(
  'candidates that are interrupted leave no display open and no process behind',
  async () => {
    const maskedLm = await loadMaskedLm(writeTinyModel(temporaryFolder()));
    const stop = new AbortController();
    const open = new Set<object>();
    let processes = 0;
    const hooks: RunHooks = {
      progress: () => {
        const display = {
          update: () => {
            processes = children().length;
            stop.abort(new Error('stopped by the test'));
          },
          log: () => {},
          finish: () => open.delete(display),
        };
        open.add(display);
        return display;
      },
      now: () => performance.now(),
      signal: stop.signal,
    };
    const before = children().length;
    const sources = createVdaSources({
      ...{ options: noisyVda, config: maskedLm.config, tokenizer: tinyTokenizer },
      encoded: encodeExamples(tinyDataset.examples, { tokenizer: tinyTokenizer, maxLength: 16 }),
      longest: 16,
      ...{ maskedLm: async () => maskedLm, outputDir: temporaryFolder(), candidatesDir: undefined },
      ...{ runtime: { numThreads: 2 }, hooks, say: () => {} },
    });
    await expect(sources).rejects.toThrow('stopped by the test');
    expect(processes).toBe(before + 2);
    expect(open.size).toBe(0);
    expect(children()).toHaveLength(before);
  },
);
