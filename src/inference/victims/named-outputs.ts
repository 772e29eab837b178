/**
 * The names of a victim's outputs, in their order, where it has names for them itself and others were given: the same names in whatever
 * order stand for the outputs that bear them, other names for the outputs in turn.
 * @param own the victim's own names, in the order of its outputs; undefined where it has none
 */
export function namedOutputs(
  given: readonly string[] | undefined,
  own: readonly string[] | undefined,
): readonly string[] | undefined {
  if (given === undefined || own === undefined) return given ?? own;
  const areSame = given.length === own.length && own.every((name) => given.includes(name));
  return areSame ? own : given;
}
