import { VdaError } from '../../base/error.ts';
import type { MaskedLanguageModel } from '../masked-lm.ts';
import type { ServiceName } from '../search/request.ts';
import type { SentenceEncoder } from '../sentence-encoder.ts';
import type { Victim } from '../victim.ts';
import {
  maskedCandidatesService,
  maskedLmLossService,
  textLossService,
  unmaskedCandidatesService,
} from './masked-lm.ts';
import type { RowMemo } from './row-memo.ts';
import { sentenceVectorsService } from './sentence-vectors.ts';
import type { Service } from './service.ts';
import { type Remarks, victimService } from './victim.ts';
import { wordGradientsService } from './word-gradients.ts';

/** Who is asked. */
export interface Models {
  readonly victim: Victim;
  /** Needed where a part of the recipe asks it. */
  readonly maskedLm?: MaskedLanguageModel | undefined;
  /** Needed where a constraint of the recipe asks it. */
  readonly encoder?: SentenceEncoder | undefined;
}

export type Services = { readonly [S in ServiceName]: Service<S> };

/** Every service, over the models that are there. */
export const servicesOf = (
  { victim, maskedLm, encoder, onRemark }: Models & Remarks,
  memo: RowMemo,
): Services => ({
  unmaskedCandidates: maskedLm ? unmaskedCandidatesService(maskedLm) : absent('a masked language model'),
  sentenceVectors: encoder ? sentenceVectorsService(encoder) : absent('a sentence encoder'),
  textLoss: maskedLm ? textLossService(maskedLm) : absent('a masked language model'),
  maskedCandidates: maskedLm ? maskedCandidatesService(maskedLm) : absent('a masked language model'),
  wordGradients: wordGradientsService(victim),
  maskedLmLoss: maskedLm ? maskedLmLossService(maskedLm) : absent('a masked language model'),
  victim: victimService(victim, { memo, onRemark }),
});

const absent = <S extends ServiceName>(what: string): Service<S> => ({
  answer: () =>
    Promise.reject(new VdaError('internal', `A part of the recipe asks ${what}, and there is none.`)),
  cost: () => 1,
});
