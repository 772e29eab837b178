import { checkedRows } from '../check-answers.ts';
import type { Logits, Probabilities, Victim, VictimInput } from '../victim.ts';

/** Rows that were answered before, wherever they are kept. */
export interface KnownRows {
  get(input: VictimInput): Logits | Probabilities | undefined;
  /** Called as soon as an answer is there and found right. */
  add(input: VictimInput, row: Logits | Probabilities): void;
}

export interface AskInPartsOptions extends Pick<Victim, 'labels' | 'answers'> {
  /** One call. What it throws where the texts themselves are refused, `isRefusal` knows. */
  readonly ask: (inputs: readonly VictimInput[]) => Promise<readonly (Logits | Probabilities)[]>;
  /** Most texts in a call. */
  readonly batch: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly known: KnownRows;
  /** Whether what was thrown is about the texts of the call: then each is asked alone. Default: never. */
  readonly isRefusal?: (thrown: unknown) => boolean;
}

/**
 * `classify` of a service that takes so many texts in a call and so many calls at once. Every answer is kept as it comes, so
 * what fails later costs no answer before it, and nothing is asked twice: after a failure no call is begun, those under way are
 * waited for and kept, and then it is thrown.
 */
export function askInParts(p: AskInPartsOptions): Victim['classify'] {
  const askPart = async (part: readonly VictimInput[]): Promise<void> => {
    try {
      const rows = checkedRows(await p.ask(part), { asked: part, victim: p });
      for (const [i, input] of part.entries()) p.known.add(input, rows[i]!);
    } catch (thrown) {
      if (part.length === 1 || !p.isRefusal?.(thrown)) throw thrown;
      for (const input of part) await askPart([input]);
    }
  };
  return async (inputs) => {
    const missing = inputs.filter((input) => p.known.get(input) === undefined);
    const parts: (readonly VictimInput[])[] = [];
    for (let start = 0; start < missing.length; start += p.batch)
      parts.push(missing.slice(start, start + p.batch));
    const waiting = parts[Symbol.iterator]();
    let failure: { readonly thrown: unknown } | undefined;
    const worker = async (): Promise<void> => {
      while (failure === undefined) {
        const next = waiting.next();
        if (next.done) return;
        try {
          await askPart(next.value);
        } catch (thrown) {
          failure ??= { thrown };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(p.concurrency, parts.length) }, worker));
    if (failure !== undefined) throw failure.thrown;
    return inputs.map((input) => p.known.get(input)!);
  };
}
