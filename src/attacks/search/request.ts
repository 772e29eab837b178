import type { MaskedLmText, PieceCandidates, WordCandidates } from '../masked-lm.ts';
import type { Logits, VictimInput } from '../victim.ts';

/** What may be asked, of whom: an item and its answer, by service. `services/` serves them. */
export interface ServiceTypes {
  /** Logits of an input; of a victim that answers probabilities, their logarithms. */
  readonly victim: { readonly item: VictimInput; readonly answer: Logits };
  /** How much each word of the attacked text moves the victim's margin, by its gradient. */
  readonly wordGradients: { readonly item: VictimInput; readonly answer: ArrayLike<number> };
  /** The masked language model's `topK` tokens at every word of a text, nothing masked. */
  readonly unmaskedCandidates: {
    readonly item: { readonly input: MaskedLmText; readonly topK: number };
    readonly answer: readonly WordCandidates[];
  };
  /** The sentence encoder's vector of a text, of length 1. */
  readonly sentenceVectors: { readonly item: string; readonly answer: Float32Array };
  /** The masked language model's mean loss (nats) over the tokens of a text, in one pass, nothing masked. */
  readonly textLoss: { readonly item: string; readonly answer: number };
  /** The masked language model's `topK` tokens at the one mask of a text. */
  readonly maskedCandidates: {
    readonly item: { readonly input: MaskedLmText; readonly topK: number };
    readonly answer: PieceCandidates;
  };
  /** The masked language model's loss of a token sequence. */
  readonly maskedLmLoss: { readonly item: readonly number[]; readonly answer: number };
}

/** Name of a service. */
export type ServiceName = keyof ServiceTypes;
/** What a service is asked about. */
export type ItemOf<S extends ServiceName> = ServiceTypes[S]['item'];
/** What a service answers to an item. */
export type AnswerOf<S extends ServiceName> = ServiceTypes[S]['answer'];

/** Items that are made as they are needed; an array is one. */
export interface Items<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

/**
 * What a search asks for. It means: these items in this order, one at a time, ending after the first whose answer satisfies
 * `stopAt`; how many are really asked at once, and in whose company, is the driver's affair.
 */
export interface RequestTo<S extends ServiceName> {
  readonly service: S;
  readonly items: Items<ItemOf<S>>;
  readonly stopAt?: (answer: AnswerOf<S>) => boolean;
}

/** Items for one of the services, whichever it is. */
export type Request = { readonly [S in ServiceName]: RequestTo<S> }[ServiceName];

/** A search, or a part of one, as a coroutine: it yields requests and is resumed with their answers, an answer an item up to the stop. */
export type Search<T> = Generator<Request, T, readonly unknown[]>;

/** Asks one service. What a service throws is thrown here, and {@link OutOfTime} when the example's clock has run out. */
export function* ask<S extends ServiceName>(request: RequestTo<S>): Search<readonly AnswerOf<S>[]> {
  return (yield request as Request) as readonly AnswerOf<S>[];
}

/** The example's time is up. */
export class OutOfTime extends Error {
  /** Answers to the request under way that there was time for. */
  readonly answers: readonly unknown[];

  constructor(answers: readonly unknown[]) {
    super('out of time');
    this.answers = answers;
  }
}
