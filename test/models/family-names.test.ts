import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { expect, it } from 'vitest';
import { families } from '../../src/models/families.ts';
import type { Family } from '../../src/models/family.ts';
import { familyOf } from '../../src/models/family-of.ts';

const source = join(import.meta.dirname, '../../src');
const registry = 'models/families.ts';

/** Files that may name a model, and why. */
const exceptions: readonly { readonly files: RegExp; readonly because: string }[] = [
  {
    files: /^text\//,
    because:
      'tokenizers are called after the model that brought them (BertNormalizer, RobertaProcessing are values of ' +
      'tokenizer.json; DistilBertTokenizer of tokenizer_config.json), and models of many families have each',
  },
];

/** Names within other names: an attack, and a model on the hub that examples take. */
const others = /bert-?attack|bert-base-uncased/gi;
/** In sentences models may be cited: where a default comes from, what an idea was tried on. */
const cited = /\b(BERT|RoBERTa)(?=s?\b)/g;

/** Names that only one family uses: its `model_type`, its classes, and the heads among its parameters. */
function namesOf(family: Family, modelType: string): RegExp[] {
  const config = family.config.read({ vocab_size: 10 }, 'the test');
  const shape = { ...config, modelType } as Parameters<Family['parameters']>[0];
  const parameters = (['classifier', 'maskedLm'] as const).flatMap((head) =>
    family.parameters(shape, { head, numLabels: 2 }).map(({ name }) => name),
  );
  const modules = new Set(
    [...parameters, ...Object.keys(family.stored.aliases)].map((n) => n.split('.')[0]!),
  );
  modules.delete('classifier'); // a head of any family
  return [
    new RegExp(modelType, 'i'),
    new RegExp(family.classNames.classifier.replace(/For.*/, ''), 'i'),
    // A word such as cls is a tensor's only where a dot follows.
    ...[...modules].map(
      (module) => new RegExp(module.includes('_') ? `\\b${module}\\b` : `\\b${module}\\\\?\\.`),
    ),
  ];
}

const names = Object.entries(families).flatMap(([modelType, family]) => namesOf(family, modelType));

/** Identifiers and texts of a file; comments are for people. */
function wordsOf(file: string): { readonly word: string; readonly line: number }[] {
  const text = readFileSync(join(source, file), 'utf8');
  const found: { word: string; line: number }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, name, value, regex, start } = node as Readonly<Record<string, unknown>>;
    const word =
      type === 'Identifier' || type === 'PrivateIdentifier'
        ? name
        : type === 'Literal'
          ? ((regex as { pattern: string } | undefined)?.pattern ?? value)
          : type === 'TemplateElement' && (value as { raw: string }).raw;
    if (typeof word === 'string')
      found.push({ word, line: text.slice(0, start as number).split('\n').length });
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return found;
}

function namesAFamily(word: string): boolean {
  const plain = word.replace(others, '');
  const text = /\s/.test(plain) ? plain.replace(cited, '') : plain;
  return names.some((name) => name.test(text));
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => path.endsWith('.ts'));
const isOwn = (file: string) =>
  file === registry || Object.keys(families).some((family) => file.startsWith(`models/${family}/`));

it('no file of src but its own folder and the registry names a family', () => {
  const offending = files
    .filter((file) => !isOwn(file) && !exceptions.some(({ files }) => files.test(file)))
    .flatMap((file) =>
      wordsOf(file)
        .filter(({ word }) => namesAFamily(word))
        .map(({ word, line }) => `src/${file}:${line} names ${word}`),
    );
  expect(offending).toEqual([]);
});

it('not even tokenizers go by a model type', () => {
  const offending = files
    .filter((file) => file.startsWith('text/'))
    .filter((file) => wordsOf(file).some(({ word }) => Object.hasOwn(families, word)));
  expect(offending).toEqual([]);
});

it('every exception is one', () => {
  for (const { files: of, because } of exceptions) {
    const named = files.filter((file) => of.test(file)).flatMap(wordsOf);
    expect(
      named.some(({ word }) => namesAFamily(word)),
      because,
    ).toBe(true);
  }
});

it('every folder of a family is in the registry', () => {
  const folders = readdirSync(join(source, 'models'), { withFileTypes: true }).filter((e) => e.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(families).sort());
});

it('a model type without a family is refused', () => {
  expect(() => familyOf('t5')).toThrow(
    `Model type "t5" is not supported; known: ${Object.keys(families).join(', ')}.`,
  );
});
