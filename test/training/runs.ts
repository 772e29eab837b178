import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of a run's metrics.jsonl without what a clock decides. */
export const metricsOf = (folder: string): Record<string, number>[] =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { examplesPerSecond, tokensPerSecond, ...rest } = JSON.parse(line);
      return rest;
    });
