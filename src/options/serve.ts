import { z } from 'zod';
import { defaultLimits, limitRules } from '../runs/serving/limits.ts';
import { path, readingMaxSeqLength } from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import type { CommandSpec } from './spec.ts';
import { number, option } from './spec.ts';
import { summaries } from './summaries.ts';

const group = 'Limits';

const schema = z.strictObject({
  model: modelOption('Classifier to serve.', path()),
  port: option(z.int().min(0).max(65535).default(8000), {
    description: 'Port on 127.0.0.1; 0 takes one that is free and says which.',
    group: 'Service',
  }),
  maxSeqLength: readingMaxSeqLength,
  maxBodyBytes: option(number(limitRules.maxBodyBytes).default(defaultLimits.maxBodyBytes), {
    description: 'Most bytes of a request; a larger one is answered with 413.',
    ...{ group, unit: 'bytes', knownAs: ['payload-limit', 'max-request-size', 'limit-request-body'] },
  }),
  maxRequestTexts: option(number(limitRules.maxRequestTexts).default(defaultLimits.maxRequestTexts), {
    description: 'Most texts of a request; one with more is answered with 413.',
    ...{ group, unit: 'texts', knownAs: ['max-client-batch-size', 'max-texts'] },
  }),
  maxTextLength: option(number(limitRules.maxTextLength).default(defaultLimits.maxTextLength), {
    description:
      'Most characters of a text; a request with a longer one is answered with 413. What is shorter and still more than --max-seq-length is cut, and the answer says so.',
    ...{ group, unit: 'characters' },
  }),
  maxQueuedTexts: option(number(limitRules.maxQueuedTexts).default(defaultLimits.maxQueuedTexts), {
    description:
      'Most texts that wait for the model; a request over it is answered with 503 and Retry-After.',
    ...{
      group,
      unit: 'texts',
      knownAs: ['max-queue-size', 'max-concurrent-requests', 'limit-concurrency', 'backlog'],
    },
  }),
  requestTimeout: option(number(limitRules.requestTimeout).default(defaultLimits.requestTimeout), {
    description:
      'Time that a client has to send a request, after which it is answered with 408; to take its answer; and until it asks again on the same connection.',
    ...{ group, unit: 'seconds', knownAs: ['timeout', 'timeout-keep-alive', 'read-timeout'] },
  }),
  stopTimeout: option(number(limitRules.stopTimeout).default(defaultLimits.stopTimeout), {
    description: 'Time that requests under way have for their answers once the service is told to stop.',
    ...{ group, unit: 'seconds', knownAs: ['timeout-graceful-shutdown', 'graceful-timeout', 'grace-period'] },
  }),
  device,
  numThreads,
});

/** `vda serve`: options and help. */
export const serveSpec: CommandSpec<typeof schema> = {
  name: 'serve',
  summary: summaries.serve,
  details:
    'POST / answers TextAttack’s remote contract ({"text": …}) and that of Hugging Face text classification ({"inputs": …}); POST /predict that of Text Embeddings Inference. GET /health says whether it answers, GET /metrics what it did, for Prometheus. Requests that come together share batches, without a change in any answer. It stops at Ctrl-C or SIGTERM: what is under way is answered, then it exits with 0. It listens on this machine alone, without authentication.',
  schema,
  positional: 'model',
  examples: [
    { what: 'A trained classifier, on port 8000:', command: 'vda serve ./runs/vda' },
    { what: 'On any free port:', command: 'vda serve ./runs/vda --port 0' },
  ],
};
