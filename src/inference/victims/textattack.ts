import { type Contract, isObject, notOfContract, type Said } from './contract.ts';

/**
 * TextAttack's remote contract: `{"text": "…"}` → `{"negative": 0.1, "positive": 0.9}`. Several texts go as a list, and a list
 * comes back: ours, for TextAttack sends one text a request.
 *
 * Source: TextAttack, `RemoteModelWrapper` (textattack/models/wrappers/remote_model_wrapper.py).
 */
export const textattack: Contract = {
  ...{ id: 'textattack', version: 1, summary: "TextAttack's remote contract: {text} → {label: score, …}" },
  ...{ batch: 1, largestBatch: 1024, readsPairs: false, namesLabels: true, reads: [] },
  scores: ['probabilities', 'logits', 'decisions'],
  body: (inputs) => ({ text: inputs.length === 1 ? inputs[0]!.text : inputs.map(({ text }) => text) }),
  said: (answer, { asked }) => {
    const answers = Array.isArray(answer) ? answer : [answer];
    if (answers.length !== asked.length)
      throw notOfContract(answer, `an object of label and score for each of ${asked.length} texts`);
    return answers.map((one): Said => {
      const fits = isObject(one) && Object.values(one).every((score) => typeof score === 'number');
      if (!fits) throw notOfContract(one, 'an object of label and score, {"negative": 0.1, "positive": 0.9}');
      return new Map(Object.entries(one) as [string, number][]);
    });
  },
};
