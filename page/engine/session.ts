import {
  type AttackRecord,
  attackMany,
  createRecipe,
  createWordnet,
  decodeWordnet,
  recipes,
  toRecord,
  type Victim,
  type Wordnet,
} from '../../src/attack.ts';
import {
  classifierFromFiles,
  createClassifier,
  createMaskedLm,
  type MaskedLm,
  type ModelFiles,
  maskedLmFromFiles,
  probabilitiesOf,
  type Runtime,
  victimOf,
} from '../../src/inference.ts';
import type { AttackJob, Reading } from './messages.ts';
import { type ShownStep, shownSteps } from './shown-steps.ts';

/** One classifier, to be asked and attacked. The same wherever it runs: a worker of the page, or Node in tests. */
export interface Session {
  readonly labels: readonly string[];
  /** Gives it what recipes take their words and rules from; until then only misspellings can be tried. */
  equip(p: { readonly maskedLm: ModelFiles; readonly wordnet: Uint8Array }): Promise<void>;
  read(text: string): Promise<Reading>;
  /**
   * Attacks one text; once `signal` is aborted, it ends as `error` with what was found by then.
   * @param p.onSteps told of the steps since it was told last, after each call of a model
   */
  attack(
    job: AttackJob,
    p: { readonly onSteps: (steps: readonly ShownStep[]) => void; readonly signal: AbortSignal },
  ): Promise<AttackRecord>;
}

/** Candidates that are asked together: few, so that a page sees them one after another, and little is asked past a flip. */
const batch = 8;

/** Words proposed at a piece by the attack that asks the masked language model. */
const topK = recipes['bert-attack'].presets.default.maxCandidates!;

/** Opens a classifier. @throws VdaError what reading its files and opening it throw */
export async function openSession(files: ModelFiles, runtime: Runtime): Promise<Session> {
  const model = classifierFromFiles(files);
  const classifier = await createClassifier(model, { runtime });
  let equipment: { readonly maskedLm: MaskedLm; readonly wordnet: Wordnet } | undefined;

  return {
    labels: classifier.labels,
    equip: async ({ maskedLm: from, wordnet }) => {
      const maskedLm = createMaskedLm(maskedLmFromFiles(from), { runtime });
      await maskedLm.unmaskedCandidates([{ words: ['a'] }], { topK }); // opened now, not when the first attack asks
      equipment = {
        maskedLm,
        wordnet: createWordnet(
          () => decodeWordnet(wordnet),
          () => runtime.contentHash(wordnet),
        ),
      };
    },
    read: async (text) => {
      const [logits] = await classifier.logits([{ text }]);
      const wordsRead = classifier.wordsRead(text);
      return { probabilities: probabilitiesOf(logits!), ...(Number.isFinite(wordsRead) && { wordsRead }) };
    },
    attack: async ({ text, label, recipe: name, queryBudget, pause }, { onSteps, signal }) => {
      const recipe = createRecipe(name, { ...(equipment && { wordnet: equipment.wordnet }), queryBudget });
      const [logits] = await classifier.logits([{ text }], { signal });
      const own = label ?? logits!.indexOf(Math.max(...logits!));
      const steps: ShownStep[] = [];
      const flush = () => {
        if (steps.length > 0) onSteps(steps.splice(0));
      };
      const victim = afterEachCall(victimOf(classifier, { signal }), async () => {
        flush();
        if (pause > 0) await waited(pause, signal);
      });
      const toShown = shownSteps();
      for await (const ended of attackMany([{ id: 0, text, label: own }], {
        ...{ recipe, victim, maskedLm: equipment?.maskedLm, batch, concurrency: 1 },
        onStep: (step) => steps.push(...toShown(step)),
      })) {
        flush();
        return toRecord(ended, { labels: classifier.labels, recipe });
      }
      throw new Error('the attack ended nothing');
    },
  };
}

const afterEachCall = (victim: Victim, then: () => Promise<void>): Victim => ({
  ...victim,
  classify: async (inputs) => {
    const rows = await victim.classify(inputs);
    await then();
    return rows;
  },
});

/** Resolves after some milliseconds, or at once when the signal is aborted. */
const waited = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
