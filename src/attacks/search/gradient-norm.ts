import { renderInput } from '../../text/edited-text.ts';
import { type Ranking, ranked } from './importance.ts';
import { ask } from './request.ts';

/**
 * By the norm of the gradient at each word's embeddings, from one pass forward and back over the text, which counts as one query:
 *
 *     I_i = ‖∂m/∂e_i‖₁,   m = z₁ − z₂, the logits of the two best classes
 *
 * Source: Yoo & Qi 2021 (arXiv:2109.00544), §3.2. Departure: they take the loss in place of the margin. With two classes the order
 * is the same, until the loss of a confident model is rounded to 0.
 */
export const gradientNorm: Ranking = {
  settings: { rankBy: 'gradient-norm' },
  *rank(tools) {
    const { progress } = tools;
    if (tools.queriesLeft() < 1) return undefined;
    progress.queries++;
    const [norms] = yield* ask({ service: 'wordGradients', items: [renderInput(progress.text)] });
    return ranked(
      tools,
      Array.from({ length: progress.words }, (_, word) => norms![word] ?? 0),
    );
  },
};
