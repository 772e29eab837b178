import type { AttackRecord, RecipeName } from '../../src/attack.ts';
import type { ModelFiles } from '../../src/inference.ts';
import type { ShownStep } from './shown-steps.ts';

/** What a classifier says of a text. */
export interface Reading {
  /** By class, in the order of the labels. */
  readonly probabilities: readonly number[];
  /** Words that it reads, counted from the first; those after are cut off. Absent: all. */
  readonly wordsRead?: number;
}

/** An attack to run. */
export interface AttackJob {
  readonly text: string;
  /** Index of the true class. Absent: what the model answers. */
  readonly label?: number | undefined;
  readonly recipe: RecipeName;
  readonly queryBudget: number;
  /** Milliseconds to wait after each call of the model, so that a reader can follow. */
  readonly pause: number;
}

/** From the page to a worker. Each request has one answer: `done` or `failed` with its id; an attack has steps before. */
export type Request =
  | { readonly id: number; readonly kind: 'open'; readonly wasm: Uint8Array; readonly files: ModelFiles }
  | {
      readonly id: number;
      readonly kind: 'equip';
      readonly maskedLm: ModelFiles;
      readonly wordnet: Uint8Array;
    }
  | { readonly id: number; readonly kind: 'read'; readonly text: string }
  | { readonly id: number; readonly kind: 'attack'; readonly job: AttackJob };
export type RequestKind = Request['kind'];

/** What is answered, by request. */
export interface Results {
  readonly open: { readonly labels: readonly string[] };
  readonly equip: null;
  readonly read: Reading;
  readonly attack: { readonly record: AttackRecord; readonly stopped: boolean };
}

/** Beside requests: the attack that runs is to end. */
export interface Stop {
  readonly kind: 'stop';
}

export type Answer =
  | { readonly id: number; readonly kind: 'steps'; readonly steps: readonly ShownStep[] }
  | { readonly id: number; readonly kind: 'done'; readonly result: Results[RequestKind] }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
