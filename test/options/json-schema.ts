import { isObject, isOfType, type Schema } from '../json-types.ts';

/** Whether a value fits a JSON Schema, of the words that ours use. Words it does not know are errors. */
export function fits(schema: Schema, value: unknown, root: Schema = schema): boolean {
  return Object.entries(schema).every(([word, said]) => {
    const check = Object.hasOwn(words, word) ? words[word]! : undefined;
    if (check === undefined) throw new Error(`the schema says ${word}`);
    return check(said, { value, schema, root });
  });
}

interface Place {
  readonly value: unknown;
  readonly schema: Schema;
  readonly root: Schema;
}

const ofNumber =
  (holds: (value: number, said: number) => boolean) =>
  (said: unknown, { value }: Place) =>
    typeof value !== 'number' || holds(value, said as number);
const any = () => true;

const words: Readonly<Record<string, (said: unknown, place: Place) => boolean>> = {
  ...{ $schema: any, title: any, description: any, default: any },
  $ref: (said, { value, root }) => {
    const found = String(said)
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (at as Schema)[key], root);
    return fits(found as Schema, value, root);
  },
  type: (said, { value }) => isOfType[String(said)]!(value),
  enum: (said, { value }) => (said as unknown[]).includes(value),
  const: (said, { value }) => said === value,
  anyOf: (said, { value, root }) => (said as Schema[]).some((one) => fits(one, value, root)),
  not: (said, { value, root }) => !fits(said as Schema, value, root),
  required: (said, { value }) =>
    isObject(value) && (said as string[]).every((key) => Object.hasOwn(value, key)),
  properties: (said, { value, root }) =>
    !isObject(value) ||
    Object.entries(said as Record<string, Schema>).every(
      ([key, one]) => !Object.hasOwn(value, key) || fits(one, value[key], root),
    ),
  additionalProperties: (said, { value, schema }) =>
    said !== false ||
    !isObject(value) ||
    Object.keys(value).every((key) => Object.hasOwn(schema.properties as object, key)),
  items: (said, { value, root }) =>
    !Array.isArray(value) || value.every((one) => fits(said as Schema, one, root)),
  minItems: (said, { value }) => !Array.isArray(value) || value.length >= (said as number),
  minLength: (said, { value }) => typeof value !== 'string' || value.length >= (said as number),
  pattern: (said, { value }) => typeof value !== 'string' || new RegExp(String(said)).test(value),
  minimum: ofNumber((value, said) => value >= said),
  maximum: ofNumber((value, said) => value <= said),
  exclusiveMinimum: ofNumber((value, said) => value > said),
  exclusiveMaximum: ofNumber((value, said) => value < said),
};
