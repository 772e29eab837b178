import { chat } from './chat.ts';
import type { Contract } from './contract.ts';
import { huggingFace } from './hugging-face.ts';
import { textEmbeddingsInference } from './text-embeddings-inference.ts';
import { textattack } from './textattack.ts';

/** What services over HTTP may speak, by the name before their address. */
export const contracts = {
  textattack,
  hf: huggingFace,
  tei: textEmbeddingsInference,
  chat,
} as const satisfies Readonly<Record<string, Contract>>;

/** Name of a contract of services over HTTP. */
export type ContractName = keyof typeof contracts;
