import type { OptionInfo } from './spec.ts';

/** What an option names outside itself. */
export interface PathOption {
  readonly kind: 'file' | 'folder' | 'model';
  /** Values that are no path, such as `none`. */
  readonly words: readonly string[];
}

/** Whether an option takes the path of a file or folder, or a model, by the name of its value in `--help` (`FILE|wordnet|none`). */
export function pathOption({ facets }: OptionInfo): PathOption | undefined {
  const [first, ...words] = facets.value?.split('|') ?? [];
  if (first === 'FILE') return { kind: 'file', words };
  if (first === 'DIR') return { kind: 'folder', words };
  return first === 'MODEL' ? { kind: 'model', words } : undefined;
}
