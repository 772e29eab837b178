import { describe, expect, test } from 'vitest';
import { hasFlag } from '../../../src/cli/args/has-flag.ts';
import { parseFlags } from '../../../src/cli/args/parse-flags.ts';
import { trainSpec } from '../../../src/options/train.ts';
import { toySpec } from '../../options/toy-spec.ts';

const parse = (...argv: string[]) => Object.fromEntries(parseFlags(toySpec, argv).values);

describe('parseFlags', () => {
  test.each<[string, string[], Record<string, unknown>]>([
    ['value after a space', ['--model', 'm'], { model: 'm' }],
    ['value after =', ['--model=a=b'], { model: 'a=b' }],
    ['underscores as Hugging Face scripts write them', ['--learning_rate', '5e-5'], { learningRate: 5e-5 }],
    ['underscores in a value stay', ['--model=my_model'], { model: 'my_model' }],
    ['numbers', ['--learning-rate', '.5', '--num-epochs=+4'], { learningRate: 0.5, numEpochs: 4 }],
    ['negative numbers are values', ['--learning-rate', '-1'], { learningRate: -1 }],
    ['what is no decimal number stays text', ['--learning-rate', '0x10'], { learningRate: '0x10' }],
    ['an empty value is no zero', ['--num-epochs='], { numEpochs: '' }],
    ['switches', ['--vda', '--no-shuffle'], { vda: true, shuffle: false }],
    ['switches with a value', ['--vda=False', '--shuffle=true'], { vda: false, shuffle: true }],
    ['the last of two counts', ['--model', 'a', '--model', 'b'], { model: 'b' }],
    ['a list takes what follows', ['--labels', 'neg', 'pos', '--vda'], { labels: ['neg', 'pos'], vda: true }],
    [
      'negative numbers in a list',
      ['--labels', '1', '-1', '-.5e2', '--vda'],
      { labels: ['1', '-1', '-.5e2'], vda: true },
    ],
    ['a list that begins with one', ['--labels', '-12', '-12', '3'], { labels: ['-12', '-12', '3'] }],
    ['a list given twice', ['--labels', 'neg', '--labels=pos'], { labels: ['neg', 'pos'] }],
    ['positional arguments', ['one', '--vda', 'two'], { texts: ['one', 'two'], vda: true }],
    ['after -- all is positional', ['--vda', '--', '--model', '-x'], { vda: true, texts: ['--model', '-x'] }],
  ])('%s', (_, argv, expected) => {
    expect(parse(...argv)).toEqual(expected);
  });

  test('a list of numbers has numbers; what is none stays text, for the message', () => {
    const train = (...argv: string[]) => Object.fromEntries(parseFlags(trainSpec, argv).values);
    expect(train('--class-weights', '1', '-2.5', '--seed', '3')).toEqual({
      classWeights: [1, -2.5],
      seed: 3,
    });
    expect(train('--class-weights=1', 'two')).toEqual({ classWeights: [1, 'two'] });
  });

  test('--config is kept apart', () => {
    expect(parseFlags(toySpec, ['--config', 'a.yaml']).config).toBe('a.yaml');
  });

  test.each<[string, string[], string]>([
    ['misspelt', ['--learnign-rate', '1'], 'unknown option --learnign-rate. Did you mean --learning-rate?'],
    ['misspelt no-', ['--no-shufle'], 'unknown option --no-shufle. Did you mean --no-shuffle?'],
    ['far from all', ['--zzzzzzz'], 'unknown option --zzzzzzz.\n'],
    [
      'name of another tool',
      ['--model_name_or_path', 'm'],
      'unknown option --model_name_or_path. Here it is --model.',
    ],
    ['a dash in a list', ['--labels', 'a', '-b'], 'unknown option -b.'],
    ['a negative number alone', ['-1'], 'unknown option -1.'],
    ['one dash', ['-model', 'm'], 'unknown option -model. Did you mean --model?'],
    ['no- of what is no switch', ['--no-model'], 'unknown option --no-model.'],
    ['no value at the end', ['--model'], '--model needs a value: a text that is not empty.'],
    ['a flag in place of a value', ['--num-epochs', '--vda'], '--num-epochs needs a value: a whole number'],
    ['a property of every object', ['--__proto__', '--constructor'], 'unknown option --constructor.'],
  ])('is a usage error: %s', (_, argv, message) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parse(...argv)).toThrow(message);
  });

  test('names every problem at once', () => {
    expect(() => parse('--modle', 'm', '--num-epochs')).toThrow(/--modle[\s\S]*--num-epochs needs/);
  });

  test('does not complain twice of an unknown option and its value', () => {
    const { positional: _, ...spec } = toySpec;
    expect(() => parseFlags(spec, ['--modle', 'm'])).toThrow(/^(?!.*unexpected).*--modle/s);
    expect(() => parseFlags(spec, ['--modle=m', '--vda', 'stray'])).toThrow(/--modle.*'stray'/s);
  });

  test('refuses arguments where the command takes none, with a hint for switches', () => {
    const { positional: _, ...spec } = toySpec;
    expect(() => parseFlags(spec, ['vda'])).toThrow("unexpected argument 'vda'. Did you mean --vda?");
    expect(() => parseFlags(spec, ['--vda', 'True'])).toThrow('A switch is written --name or --no-name.');
  });
});

test('hasFlag looks only before --', () => {
  expect(hasFlag(['a', '-h'], '--help', '-h')).toBe(true);
  expect(hasFlag(['a', '--', '-h'], '--help', '-h')).toBe(false);
});
