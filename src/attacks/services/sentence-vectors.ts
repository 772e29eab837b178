import { WrongAnswer } from '../check-answers.ts';
import type { SentenceEncoder } from '../sentence-encoder.ts';
import type { Service } from './service.ts';

/** Vectors that are remembered: a text's own is asked again with each word. */
const mostRemembered = 20_000;

/** Vectors of texts; each distinct text of a call is asked once, those remembered not at all. */
export function sentenceVectorsService(encoder: SentenceEncoder): Service<'sentenceVectors'> {
  const remembered = new Map<string, Float32Array>();
  return {
    answer: async (texts) => {
      const missing = [...new Set(texts)].filter((text) => !remembered.has(text));
      const known = new Map(texts.flatMap((text) => pair(text, remembered.get(text))));
      if (missing.length > 0) {
        const vectors = checkedVectors(await encoder.encode(missing), missing.length);
        if (remembered.size + missing.length > mostRemembered) remembered.clear();
        missing.forEach((text, i) => {
          known.set(text, vectors[i]!);
          remembered.set(text, vectors[i]!);
        });
      }
      return texts.map((text) => known.get(text)!);
    },
    cost: (text) => text.length,
  };
}

const pair = (
  text: string,
  vector: Float32Array | undefined,
): readonly (readonly [string, Float32Array])[] => (vector === undefined ? [] : [[text, vector]]);

/** @throws WrongAnswer unless there is a finite vector for each text, all of one width */
function checkedVectors(vectors: readonly Float32Array[], texts: number): readonly Float32Array[] {
  const fits =
    Array.isArray(vectors) &&
    vectors.length === texts &&
    vectors.every((one) => one?.length > 0 && one.length === vectors[0].length && one.every(Number.isFinite));
  if (fits) return vectors;
  throw new WrongAnswer(
    `The sentence encoder answered ${texts} texts with something else than a vector of finite numbers for each, all of one width.`,
  );
}
