import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isObject, isOfType, type Schema } from '../json-types.ts';

const path = join(import.meta.dirname, '../fixtures/jobs/kubernetes-schemas.json.gz');
const { definitions } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  readonly definitions: Readonly<Record<string, Schema>>;
};

/** What of a value does not fit a definition of `oracles/kubernetes_schemas.py`, by place; unknown fields are refused there. */
export const schemaProblems = (definition: string, value: unknown): readonly string[] =>
  problems({ $ref: `#/definitions/${definition}` }, { value, at: definition });

interface Place {
  readonly value: unknown;
  readonly at: string;
}

function problems(schema: Schema, { value, at }: Place): readonly string[] {
  return Object.entries(schema).flatMap(([word, said]) => {
    if (!Object.hasOwn(words, word)) throw new Error(`the schema says ${word} at ${at}`);
    return words[word]!(said, { value, at }, schema);
  });
}

const words: Readonly<Record<string, (said: unknown, place: Place, schema: Schema) => readonly string[]>> = {
  $ref: (said, place) => {
    const definition = definitions[String(said).replace('#/definitions/', '')];
    if (definition === undefined) throw new Error(`no ${said}`);
    return problems(definition, place);
  },
  type: (said, { value, at }) =>
    [said].flat().some((type) => isOfType[String(type)]!(value)) ? [] : [`${at}: expected ${said}`],
  enum: (said, { value, at }) => ((said as unknown[]).includes(value) ? [] : [`${at}: expected ${said}`]),
  oneOf: (said, place) =>
    (said as Schema[]).some((one) => problems(one, place).length === 0)
      ? []
      : [`${place.at}: fits none of its types`],
  minimum: (said, { value, at }) =>
    typeof value === 'number' && value < (said as number) ? [`${at}: below ${said}`] : [],
  required: (said, { value, at }) =>
    (said as string[]).flatMap((key) =>
      isObject(value) && !Object.hasOwn(value, key) ? [`${at}: lacks ${key}`] : [],
    ),
  items: (said, { value, at }) =>
    Array.isArray(value)
      ? value.flatMap((one, i) => problems(said as Schema, { value: one, at: `${at}[${i}]` }))
      : [],
  properties: (said, { value, at }) =>
    Object.entries(said as Record<string, Schema>).flatMap(([key, one]) =>
      isObject(value) && Object.hasOwn(value, key)
        ? problems(one, { value: value[key], at: `${at}.${key}` })
        : [],
    ),
  additionalProperties: (said, { value, at }, { properties = {} }) =>
    Object.entries(isObject(value) ? value : {}).flatMap(([key, one]) => {
      if (Object.hasOwn(properties as object, key)) return [];
      return said === false
        ? [`${at}: unknown field ${key}`]
        : problems(said as Schema, { value: one, at: `${at}.${key}` });
    }),
};
