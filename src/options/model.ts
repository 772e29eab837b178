import { z } from 'zod';
import { families } from '../models/families.ts';
import type { NodeDevice } from '../runtime/devices.ts';
import { trainRules } from '../training/train-rules.ts';
import { choice, number, option } from './spec.ts';

/** Model families whose checkpoints can be read, by `model_type` of their `config.json`. */
export const architectures: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(families).map(([modelType, { summary }]) => [modelType, summary]),
);

/** Where the arithmetic runs. */
export const devices = {
  cpu: 'this machine, any platform; the reference',
  cuda: 'NVIDIA GPU, Linux on x64, with the CUDA libraries that ONNX Runtime asks for',
  webgpu: 'GPU through WebGPU, where this build of ONNX Runtime has it',
} as const satisfies Record<NodeDevice, string>;

/** `--model` with the role it has in a command; `type` makes it optional. */
export const modelOption = <S extends z.ZodType>(description: string, type: S) =>
  option(type, {
    description: `${description} A folder in Hugging Face format, or the name of a model on the hub (HF_HOME, HF_TOKEN and HF_HUB_OFFLINE are honoured).`,
    group: 'Model',
    value: 'MODEL',
    knownAs: ['model-name-or-path', 'model-name', 'model-path', 'pretrained-model'],
  });

export const dropout = option(number(trainRules.dropout).optional(), {
  description: "Dropout probability of hidden states, attention and classifier. By default the model's own.",
  group: 'Model',
  value: 'P',
  knownAs: ['hidden-dropout-prob', 'classifier-dropout'],
});

export const allowMissing = option(z.boolean().optional(), {
  description:
    'Start at random what the checkpoint lacks of its encoder. By default that is an error: a head may be new, an encoder was to be had.',
  group: 'Model',
  knownAs: ['ignore-missing', 'ignore-mismatched-sizes'],
});

export const device = option(choice(devices).default('cpu'), {
  description: 'Where the arithmetic runs; vda env says which devices there are.',
  group: 'Machine',
  valuesElsewhere: {
    gpu: 'cuda or webgpu, as vda env lists them',
    auto: 'cpu, or one that vda env lists',
    nvidia: 'cuda',
    'cuda:0': 'cuda',
    mps: 'webgpu',
    metal: 'webgpu',
    dml: 'webgpu',
  },
});

export const numThreads = option(z.int().min(1).optional(), {
  description: 'Threads of the arithmetic. By default one a physical core.',
  group: 'Machine',
  knownAs: ['threads', 'num-workers', 'dataloader-num-workers'],
});

export const seed = option(number(trainRules.seed).default(42), {
  description:
    'Seed of every random number. Numbers are keyed by seed and example, so results do not depend on batches, shards or restarts. The default is that of the Hugging Face Trainer.',
  group: 'Machine',
});
