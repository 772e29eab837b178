import { checkedGradients, WrongAnswer } from '../check-answers.ts';
import type { Victim } from '../victim.ts';
import type { Service } from './service.ts';

/** The victim's gradients by word. */
export const wordGradientsService = (victim: Victim): Service<'wordGradients'> => ({
  answer: async (inputs) => {
    if (victim.wordGradients === undefined) {
      throw new WrongAnswer(
        'The recipe ranks words by the gradient of the victim, and this one has no wordGradients. Attack a model that runs here, or choose a recipe that asks for answers alone.',
      );
    }
    return checkedGradients(await victim.wordGradients(inputs), inputs.length);
  },
  cost: () => 1,
});
