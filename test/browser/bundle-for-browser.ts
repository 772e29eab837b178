import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = new URL('../../', import.meta.url).pathname;

/** A file of this repository as one module for the browser. */
export interface BrowserBundle {
  readonly code: string;
  /** Files that are in it, packages too: `src/…`, `node_modules/…`. */
  readonly modules: readonly string[];
  /** What it would still import when it runs. */
  readonly imports: readonly string[];
}

/** Bundles `entry` with all that it imports, as a user's bundler would for the browser. */
export async function bundleForBrowser(entry: string): Promise<BrowserBundle> {
  const bundle = await rolldown({ input: join(root, entry), platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  const [chunk] = output;
  return {
    code: chunk.code,
    modules: chunk.moduleIds.map((id) => id.replace(root, '')),
    imports: [...chunk.imports, ...chunk.dynamicImports].filter((name) => name !== chunk.fileName),
  };
}
