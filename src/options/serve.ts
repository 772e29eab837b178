import { z } from 'zod';
import { path, readingMaxSeqLength } from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import type { CommandSpec } from './spec.ts';
import { option } from './spec.ts';
import { summaries } from './summaries.ts';

const schema = z.strictObject({
  model: modelOption('Classifier to serve.', path()),
  port: option(z.int().min(0).max(65535).default(8000), {
    description: 'Port on 127.0.0.1; 0 takes one that is free and says which.',
    group: 'Service',
  }),
  maxSeqLength: readingMaxSeqLength,
  device,
  numThreads,
});

/** `vda serve`: options and help. */
export const serveSpec: CommandSpec<typeof schema> = {
  name: 'serve',
  summary: summaries.serve,
  details:
    'POST / answers TextAttack’s remote contract ({"text": …}) and that of Hugging Face text classification ({"inputs": …}); POST /predict that of Text Embeddings Inference. It listens on this machine alone, without authentication.',
  schema,
  positional: 'model',
  examples: [
    { what: 'A trained classifier, on port 8000:', command: 'vda serve ./runs/vda' },
    { what: 'On any free port:', command: 'vda serve ./runs/vda --port 0' },
  ],
};
