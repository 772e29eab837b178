import type { ResolveModelOptions } from '../../pretrained/resolve-model.ts';
import type { ProgressDisplay } from '../../runs/hooks.ts';
import type { RuntimeOptions } from '../../runtime/compile.ts';
import { formatBytes } from '../terminal/format.ts';
import type { Io } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { sayTo } from '../terminal/say.ts';

/** How a command looks for models: with its own environment and interruption, showing each file's download. */
export function modelAccess(io: Io): ResolveModelOptions {
  let current: { readonly file: string; readonly progress: ProgressDisplay } | undefined;
  return {
    environment: io.env,
    signal: io.signal,
    onNotice: sayTo(io),
    onProgress: ({ file, loaded, total }) => {
      if (current?.file !== file) {
        const label = `${file} (${formatBytes(total)})`;
        current = { file, progress: createProgress(io, { label, total, unit: 'B' }) };
      }
      current.progress.update(loaded);
      if (loaded >= total) {
        current.progress.finish();
        current = undefined;
      }
    },
  };
}

/** The device options of a command. */
export const runtimeOf = (options: {
  readonly device: NonNullable<RuntimeOptions['device']>;
  readonly numThreads?: number | undefined;
}): RuntimeOptions => ({
  device: options.device,
  ...(options.numThreads !== undefined && { numThreads: options.numThreads }),
});
