import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadedModules, transpiled } from './loaded-modules.ts';

let built: Awaited<ReturnType<typeof transpiled>>;
beforeAll(async () => {
  built = await transpiled(['index.ts', 'cli/main.ts']);
});
afterAll(() => built.remove());

const loadedBy = (...args: string[]) => loadedModules(built.folder, args);
const packages = (loaded: readonly string[]) => loaded.filter((name) => name.startsWith('package '));

/** What reads options, tables and texts; not ONNX Runtime, protobuf, charts, the hub. In which order Node reads their files is its own affair. */
const light = ['package zod', 'package csv-parse', 'package @huggingface/tokenizers'];

describe("import 'vda'", () => {
  it('evaluates no file of the command line, and no heavy package before something needs it', () => {
    const loaded = loadedBy('-e', "import('./index.js')");
    expect(loaded).toContain('training/fine-tune.js');
    expect(loaded.filter((name) => name.startsWith('cli/'))).toEqual([]);
    expect(packages(loaded).sort()).toEqual(light.toSorted());
  });
});

describe('the command line', () => {
  it('loads little for its help: no package, no specification', () => {
    const loaded = loadedBy('cli/main.js', '--help');
    expect(loaded).toContain('cli/args/program-help.js');
    expect(packages(loaded)).toEqual([]);
    expect(loaded.length).toBeLessThan(25);
  });

  it.each(['train', 'attack', 'report'])('loads what options are for the help of vda %s', (name) => {
    const loaded = loadedBy('cli/main.js', name, '--help');
    expect(loaded).toContain(`options/${name}.js`);
    expect(packages(loaded)).toEqual(['package zod']);
    expect(loaded.filter((file) => file.startsWith('cli/commands/'))).toEqual([]);
  });
});
