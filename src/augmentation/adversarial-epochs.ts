import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { VdaError } from '../base/error.ts';
import { randomKey, randomStream, sample } from '../base/random.ts';
import { type Example, firstFreeId } from '../data/dataset.ts';
import { readStoredAttack, storedAttack } from '../runs/stored-attack.ts';
import { attackedTexts } from './adversarial-examples.ts';
import type { Attack } from './attack-in-training.ts';
import type { EncodedExamples, EpochTexts } from './epoch-texts.ts';

/**
 * Iterative adversarial data augmentation (Si et al. 2021, arXiv:2012.15699, §3.1): before each epoch but the first, `count`
 * training texts drawn for it are attacked with the model as it is, and each joins the epoch once more, as the attack left
 * it where it was fooled and as it was where not. The first epoch sees its drawn texts twice, so that all epochs have the
 * same number of steps.
 *
 * What was found is kept in `folder`, so that a run that goes on in the middle of an epoch sees the same texts. At an epoch's
 * start it is taken again where the attack would be the same one.
 * Departure: the paper's code adds to what earlier epochs added; here each epoch has texts of its own.
 */
export function createAdversarialEpochs(p: {
  readonly clean: EncodedExamples;
  readonly count: number;
  readonly seed: number;
  readonly folder: string;
  readonly attack: Attack;
  readonly signal?: AbortSignal | undefined;
  readonly encode: (examples: readonly Example[]) => EncodedExamples;
  /** Told the texts that are new in an epoch before its first step. */
  readonly learn: (added: EncodedExamples) => Promise<void>;
  readonly say: (line: string) => void;
}): EpochTexts {
  const { clean } = p;
  const available = clean.examples.length;
  const firstId = firstFreeId(clean.examples);
  const count = Math.min(p.count, available);
  const key = randomKey(p.seed, 'ada');
  return {
    size: available + count,
    of: async (epoch, { isStart }) => {
      const stream = randomStream(key, { a: epoch });
      const drawn = sample(available, count, stream).map((i) => clean.examples[i]!);
      const found = epoch === 0 ? [] : await recordsOf(epoch, { ...p, drawn, isStart });
      const fooled = new Map(
        found
          .filter(({ status }) => status === 'success')
          .map((record) => [record.id, attackedTexts(record)]),
      );
      const added = p.encode(
        drawn.map((example, i) => ({
          ...example,
          ...fooled.get(example.id),
          id: firstId + epoch * count + i,
        })),
      );
      await p.learn(added);
      return {
        examples: [...clean.examples, ...added.examples],
        encodings: [...clean.encodings, ...added.encodings],
        truncated: clean.truncated + added.truncated,
      };
    },
  };
}

/** What the attack before an epoch found: from the run folder, or from attacking now. */
async function recordsOf(
  epoch: number,
  p: {
    readonly drawn: readonly Example[];
    readonly isStart: boolean;
    readonly folder: string;
    readonly attack: Attack;
    readonly signal?: AbortSignal | undefined;
    readonly say: (line: string) => void;
  },
): Promise<readonly AttackRecord[]> {
  const { drawn, folder, say } = p;
  const path = join(folder, `epoch-${epoch + 1}.jsonl`);
  if (!p.isStart) {
    const found = existsSync(path) ? readStoredAttack(path) : { ok: false as const, problem: 'is missing' };
    if (found.ok) return found.records;
    throw new VdaError(
      'conflict',
      `${path} ${found.problem}: the run goes on in the middle of an epoch whose adversarial texts were there. Resume from a checkpoint at the end of an epoch.`,
    );
  }
  const attack = async () => {
    say(`Attacking ${drawn.length} training texts for epoch ${epoch + 1} …`);
    const records = await p.attack.on(drawn, { signal: p.signal });
    const fooled = records.filter(({ status }) => status === 'success').length;
    say(`${fooled} of them fool the model and join the epoch.`);
    return records;
  };
  return storedAttack(path, { identity: p.attack.identityOn(drawn), attack, say });
}
