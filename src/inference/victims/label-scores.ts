import { isObject, notOfContract, type Said } from './contract.ts';

interface LabelScore {
  readonly label: string;
  readonly score: number;
}

const isLabelScore = (value: unknown): value is LabelScore =>
  isObject(value) && typeof value.label === 'string' && typeof value.score === 'number';

const isList = (value: unknown): value is readonly LabelScore[] =>
  Array.isArray(value) && value.length > 0 && value.every(isLabelScore);

/**
 * Answers of text-classification services: `[{label, score}, …]` for each text; for a single text also without the list
 * around, and of services that answer the best label alone one `{label, score}` for each text.
 * @throws WrongAnswer
 */
export function labelScores(answer: unknown, texts: number): readonly Said[] {
  const lists = isList(answer)
    ? texts === 1
      ? [answer]
      : answer.map((one) => [one])
    : Array.isArray(answer)
      ? answer
      : undefined;
  if (lists === undefined || lists.length !== texts || !lists.every(isList)) {
    throw notOfContract(answer, `a list of {"label": …, "score": …} for each of ${texts} texts`);
  }
  return lists.map((list: readonly LabelScore[]) => new Map(list.map(({ label, score }) => [label, score])));
}
