import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is there of the field's tools, or why it is not used. */
export type Found = { readonly path: string } | { readonly absent: string };

/** A Python that has onnx and onnxruntime. */
export function python(): Found {
  const path = process.env.VDA_PYTHON ?? 'python3';
  try {
    execFileSync(path, ['-c', 'import onnx, onnxruntime'], { stdio: 'ignore' });
    return { path };
  } catch {
    return { absent: `${path} has no onnx and onnxruntime; VDA_PYTHON names one that has` };
  }
}

/** The package of transformers.js, in a folder where somebody has installed it: it is too large for a dependency (474 MB). */
export function transformersJs(): Found {
  const folder = process.env.VDA_TRANSFORMERS_JS;
  const path = join(folder ?? '.', 'node_modules/@huggingface/transformers');
  return existsSync(path)
    ? { path }
    : {
        absent:
          'no transformers.js: VDA_TRANSFORMERS_JS names a folder after npm install @huggingface/transformers in it',
      };
}
