import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PresetName } from '../../../src/attacks/recipes/definition.ts';
import type { RecipeOptions } from '../../../src/attacks/recipes/recipe-by-name.ts';
import {
  type AttackManyOptions,
  attackMany,
  type EndedAttack,
} from '../../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { attackMetrics } from '../../../src/evaluation/metrics.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { renderText } from '../../../src/text/edited-text.ts';
import { attackSequentially } from '../sequential-oracle.ts';
import { toyLogits, toyMaskedLm, toyVictim } from '../toys.ts';

const unfiltered = { similarity: ['none'], antonyms: 'none', stopWords: new Set(['h']) } as const;

async function attackAll(examples: readonly Example[], options: AttackManyOptions): Promise<EndedAttack[]> {
  const ended: EndedAttack[] = [];
  for await (const one of attackMany(examples, options)) ended.push(one);
  return ended.sort((a, b) => a.example.id - b.example.id);
}

const word = fc.stringMatching(/^[a-h]{1,4}[.]?$/);
const someText = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
const cases = fc.record({
  seed: fc.nat(1000),
  classes: fc.constantFrom(2, 3),
  answers: fc.constantFrom<'logits' | 'probabilities'>('logits', 'probabilities', 'probabilities'),
  texts: fc.array(fc.record({ text: someText, pair: fc.option(someText, { nil: undefined }) }), {
    minLength: 1,
    maxLength: 8,
  }),
  preset: fc.constantFrom<PresetName>('default', 'default', 'paper', 'official', 'official'),
  maxCandidates: fc.constantFrom(1, 3, 18),
  maxChangeRate: fc.constantFrom(0, 0.2, 0.4, 1),
  queryBudget: fc.option(fc.nat(60), { nil: undefined }),
  concurrency: fc.constantFrom(1, 3, 32),
  batch: fc.constantFrom(1, 7, 64),
  memory: fc.constantFrom(0, 50, 1e6),
  cutOff: fc.constantFrom(3, 1000),
});

describe('attackMany', () => {
  test('ends as the one-by-one algorithm does, whatever shares a batch', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, classes, answers, texts, queryBudget, ...rest }) => {
        const options: RecipeOptions = {
          ...unfiltered,
          ...pick(rest),
          ...(queryBudget !== undefined && { queryBudget }),
        };
        const recipe = loadRecipe('bert-attack', options);
        const parts = {
          recipe,
          victim: (answers === 'logits' ? toyLogits : toyVictim)(seed, { classes }),
          maskedLm: toyMaskedLm(seed, { length: rest.cutOff }),
        };
        const examples = texts.map(
          ({ text, pair }, id): Example => ({
            id,
            text,
            ...(pair !== undefined && { textPair: pair }),
            label: seed % classes,
          }),
        );
        const ended = await attackAll(examples, { ...parts, ...rest });
        for (const [i, example] of examples.entries()) {
          const expected = await attackSequentially(example, parts);
          const { outcome } = ended[i]!;
          const kind = example.textPair === undefined ? 'text' : 'pair';
          seen.add(`${rest.preset} ${kind} ${outcome.status} ${Math.min(outcome.changes.length, 2)}`);
          expect({
            status: outcome.status,
            adversarial: renderText(outcome.text),
            changes: outcome.changes,
            queries: outcome.queries,
            finalRow: Array.from(outcome.finalRow),
            words: toRecord(ended[i]!, { labels: parts.victim.labels, recipe }).words,
          }).toEqual(expected);
        }
      }),
      { numRuns: 900, seed: 7 },
    );
    for (const preset of ['default', 'official']) {
      for (const ending of [
        ...['success 1', 'success 2', 'failed 0', 'failed 1', 'failed 2', 'skipped 0'],
        ...['out-of-queries 0', 'nothing-to-change 0'],
      ]) {
        expect(seen).toContain(`${preset} text ${ending}`);
        expect(seen).toContain(`${preset} pair ${ending}`);
      }
    }
  });

  test('a call holds no text twice and is sorted by length', async () => {
    const victim = toyVictim(1);
    const examples = [0, 1, 2, 3].map((id) => ({
      id,
      text: id < 2 ? 'ab c de fa' : 'c d e fab gb a',
      label: id % 2,
    }));
    await attackAll(examples, {
      victim,
      maskedLm: toyMaskedLm(1),
      recipe: loadRecipe('bert-attack', unfiltered),
    });
    expect(victim.calls.length).toBeGreaterThan(2);
    const asked = victim.calls.flatMap((call) => call.map(({ text }) => text));
    expect(new Set(asked).size).toBe(asked.length); // nothing is asked twice in the whole run
    for (const call of victim.calls) {
      const lengths = call.map(({ text }) => text.length);
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    }
  });

  test('one masked-LM call serves all examples of a round', async () => {
    const maskedLm = toyMaskedLm(2);
    const examples = Array.from({ length: 10 }, (_, id) => ({ id, text: 'a b c d e', label: id % 2 }));
    await attackAll(examples, {
      victim: toyVictim(2),
      maskedLm,
      recipe: loadRecipe('bert-attack', unfiltered),
    });
    expect(maskedLm.calls).toEqual([5]); // the others were skipped: the toy has one prediction for one text
  });

  test('a text that makes the victim throw ends its own example only, as an error', async () => {
    const good = toyVictim(3);
    const victim: Victim = {
      ...good,
      classify: (inputs) =>
        inputs.some(({ text }) => text.includes('bad'))
          ? Promise.reject(new Error('out of cheese'))
          : good.classify(inputs),
    };
    const examples = ['a b c', 'bad b c', 'd e f'].map((text, id) => ({ id, text, label: 0 }));
    const recipe = loadRecipe('bert-attack', unfiltered);
    const ended = await attackAll(examples, { victim, maskedLm: toyMaskedLm(3), recipe });
    const alone = await attackAll([examples[0]!, examples[2]!], {
      victim: good,
      maskedLm: toyMaskedLm(3),
      recipe,
    });
    expect(ended[1]!.outcome).toMatchObject({ status: 'error', message: 'out of cheese', queries: 0 });
    expect([ended[0]!.outcome, ended[2]!.outcome]).toEqual(alone.map(({ outcome }) => outcome));
  });

  test('an exception counts as robust in official mode only, once the clean text was answered', async () => {
    /** Answers so many calls, then no more. */
    const tiring = (calls: number): Victim => ({
      ...toyVictim(3),
      classify: async (inputs) => {
        if (calls-- === 0) throw new Error('no');
        return inputs.map(() => [0.9, 0.1]);
      },
    });
    const run = async (preset: 'default' | 'official', calls: number) => {
      const parts = { recipe: loadRecipe('bert-attack', { ...unfiltered, preset }), victim: tiring(calls) };
      const [ended] = await attackAll([{ id: 0, text: 'a b c', label: 0 }], {
        ...parts,
        maskedLm: toyMaskedLm(3),
      });
      const record = toRecord(ended!, { labels: parts.victim.labels, recipe: parts.recipe });
      const { oriAcc, attAcc, successRate, errors } = attackMetrics([record], parts.recipe);
      return { ...record, oriAcc: oriAcc.value, attAcc: attAcc.value, rate: successRate.value, errors };
    };
    const unanswered = { message: 'no', originalPrediction: '', oriAcc: 0, attAcc: 0, rate: Number.NaN };
    for (const preset of ['default', 'official'] as const) {
      expect(await run(preset, 0)).toMatchObject({ ...unanswered, status: 'error', errors: 1 });
    }
    const answered = { message: 'no', originalPrediction: 'class 0', oriAcc: 1 };
    expect(await run('default', 1)).toMatchObject({ ...answered, status: 'error', attAcc: 0, errors: 1 });
    expect(await run('official', 1)).toMatchObject({ ...answered, status: 'error', attAcc: 1, rate: 0 });
  });

  test('an example whose share of the time passes the limit ends as timeout, with the queries it made', async () => {
    let now = 0;
    const inner = toyVictim(4);
    const victim: Victim = {
      ...inner,
      classify: async (inputs) => {
        now += inputs.length; // a second a text
        return inner.classify(inputs);
      },
    };
    const text = 'abc bcd cde def efg fgh gha hab';
    const label = (await inner.classify([{ text }]))[0]![0]! >= 0.5 ? 0 : 1;
    const [ended] = await attackAll([{ id: 0, text, label }], {
      victim,
      maskedLm: toyMaskedLm(4),
      recipe: loadRecipe('bert-attack', unfiltered),
      timeLimit: 9, // the clean text and the 8 words
      clock: () => now,
    });
    expect(ended!.outcome).toMatchObject({ status: 'timeout', queries: 8 });
    expect(ended!.seconds).toBe(9);
  });

  test('a text of 100,000 words ends within its budget or its time', { timeout: 20_000 }, async () => {
    const victim: Victim = { ...toyVictim(5), classify: async (inputs) => inputs.map(() => [0.9, 0.1]) };
    const text = Array.from({ length: 100_000 }, () => 'ab').join(' ');
    const examples = [{ id: 0, text, label: 0 }];
    const maskedLm = toyMaskedLm(5, { length: 10 });
    const [poor] = await attackAll(examples, {
      victim,
      maskedLm,
      recipe: loadRecipe('bert-attack', { ...unfiltered, queryBudget: 20 }),
    });
    expect(poor!.outcome).toMatchObject({ status: 'out-of-queries', queries: 20 });
    let now = 0;
    const [late] = await attackAll(examples, {
      victim,
      maskedLm,
      recipe: loadRecipe('bert-attack', unfiltered),
      timeLimit: 1,
      clock: () => now++,
    });
    expect(late!.outcome.status).toBe('timeout');
  });

  test('a text of 512 words costs no more than its budget, and little more than its time', async () => {
    const words = Array.from({ length: 512 }, (_, i) => ['a', 'b', 'c', 'd'][i % 4]!);
    /** Each changed word lowers the true class's probability a little; it never flips. */
    const rowOf = (asked: string) => {
      const changed = asked.split(' ').filter((word, i) => word !== words[i]).length;
      return [0.9 - changed / 10_000, 0.1 + changed / 10_000];
    };
    const run = async (limits: { queryBudget?: number; timeLimit?: number }) => {
      let [now, asked] = [0, 0];
      const classify: Victim['classify'] = async (inputs) => {
        now += inputs.length; // a second a text
        asked += inputs.length;
        return inputs.map(({ text }) => rowOf(text));
      };
      const { timeLimit, ...budget } = limits;
      const [ended] = await attackAll([{ id: 0, text: words.join(' '), label: 0 }], {
        victim: { ...toyVictim(5), classify },
        maskedLm: toyMaskedLm(5),
        recipe: loadRecipe('bert-attack', { ...unfiltered, ...budget, maxCandidates: 12 }),
        clock: () => now,
        ...(timeLimit !== undefined && { timeLimit }),
      });
      return { ...ended!.outcome, asked };
    };
    const free = await run({});
    expect([free.status, free.changes.length]).toEqual(['failed', 204]); // ⌊0.4 · 512⌋
    expect(free.queries).toBeGreaterThan(1000);
    for (const queryBudget of [100, 512, 600, 1000]) {
      const { status, queries, asked } = await run({ queryBudget });
      expect([status, queries]).toEqual(['out-of-queries', queryBudget]);
      expect(asked).toBeLessThanOrEqual(queryBudget + 1); // and the clean text
    }
    for (const timeLimit of [1, 100, 700]) {
      const { status, queries, asked } = await run({ timeLimit });
      expect(status).toBe('timeout');
      expect(queries).toBeLessThanOrEqual(asked);
      expect(asked).toBeLessThan(timeLimit + 64 + 1); // the clock is looked at after each part of 64 texts
    }
  });

  test('an example looks at most 64 candidates ahead, however many texts a call may hold', async () => {
    const run = async (batch: number) => {
      const calls: number[] = [];
      const classify: Victim['classify'] = async (inputs) => {
        calls.push(inputs.length);
        return inputs.map(() => [0.9, 0.1]);
      };
      const [ended] = await attackAll([{ id: 0, text: 'abc def', label: 0 }], {
        victim: { ...toyVictim(5), classify },
        maskedLm: toyMaskedLm(5),
        recipe: loadRecipe('bert-attack', { ...unfiltered, maxCandidates: 300, maxChangeRate: 1 }),
        batch,
      });
      return { outcome: ended!.outcome, largest: Math.max(...calls) };
    };
    const wide = await run(1000);
    expect(wide.outcome.queries).toBeGreaterThan(200);
    expect(wide).toEqual({ ...(await run(64)), largest: 64 });
  });

  test('an attack that needs exactly its budget has failed; with one query less it is out of queries', async () => {
    const victim: Victim = { ...toyVictim(5), classify: async (inputs) => inputs.map(() => [0.9, 0.1]) };
    const run = async (queryBudget?: number) => {
      const recipe = loadRecipe('bert-attack', {
        ...unfiltered,
        ...(queryBudget !== undefined && { queryBudget }),
      });
      const examples = [{ id: 0, text: 'ab cd ef gh', label: 0 }];
      const [ended] = await attackAll(examples, { victim, maskedLm: toyMaskedLm(5), recipe });
      return ended!.outcome;
    };
    const { status, queries } = await run();
    expect(status).toBe('failed');
    expect(queries).toBeGreaterThan(5);
    expect(await run(queries)).toMatchObject({ status: 'failed', queries });
    expect(await run(queries - 1)).toMatchObject({ status: 'out-of-queries', queries: queries - 1 });
    expect(await run(0)).toMatchObject({ status: 'out-of-queries', queries: 0 });
  });

  test.each([
    ['no word', { text: ' ' }, {}, 0],
    ['no word that has candidates', { text: 'h h h' }, {}, 3],
    ['no word that may change', { text: 'ab cd ef' }, { maxChangeRate: 0.3 }, 0],
    ['punctuation alone', { text: '. . . .' }, {}, 4],
    ['no word in the attacked text of a pair', { text: 'ab cd', textPair: '' }, {}, 0],
  ])('a text with %s has nothing to change', async (_, texts, options, queries) => {
    const victim: Victim = { ...toyVictim(5), classify: async (inputs) => inputs.map(() => [0.9, 0.1]) };
    const recipe = loadRecipe('bert-attack', { ...unfiltered, ...options });
    const [ended] = await attackAll([{ id: 0, label: 0, ...texts }], {
      ...{ victim, recipe, maskedLm: toyMaskedLm(5) },
    });
    expect(ended!.outcome).toMatchObject({ status: 'nothing-to-change', queries, changes: [] });
  });

  test('texts of no word and of one word end, with at most 1 query', async () => {
    const victim = toyVictim(6);
    for (const preset of ['default', 'official'] as const) {
      const examples = ['', '  ', 'a'].flatMap((text, i) =>
        [0, 1].map((label) => ({ id: 2 * i + label, text, label })),
      );
      const ended = await attackAll(examples, {
        victim,
        maskedLm: toyMaskedLm(6),
        recipe: loadRecipe('bert-attack', { ...unfiltered, preset }),
      });
      expect(ended.map(({ outcome }) => outcome.queries)).toEqual([
        0,
        0,
        0,
        0,
        // By default not one of 1 word may change (⌊0.4 · 1⌋ = 0); the published code counts the last word, unasked.
        ...ended
          .slice(4)
          .map(({ outcome }) => (outcome.status === 'skipped' || preset === 'default' ? 0 : 1)),
      ]);
      expect(ended.every(({ outcome }) => ['nothing-to-change', 'skipped'].includes(outcome.status))).toBe(
        true,
      );
    }
  });
});

function pick({ preset, maxCandidates, maxChangeRate }: RecipeOptions): RecipeOptions {
  return { preset, maxCandidates, maxChangeRate };
}
