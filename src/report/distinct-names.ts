/**
 * Names under which every item is another one: as they are where they are, else with a second name behind where that tells all
 * items of the name apart, else with a number.
 */
export function distinctNames<Item>(
  items: readonly Item[],
  {
    name,
    secondName,
  }: {
    readonly name: (item: Item) => string;
    readonly secondName: (item: Item) => string | undefined;
  },
): readonly string[] {
  return items.map((item) => {
    const first = name(item);
    const namesakes = items.filter((other) => name(other) === first);
    if (namesakes.length === 1) return first;
    const seconds = namesakes.map(secondName);
    const tells = !seconds.includes(undefined) && new Set(seconds).size === seconds.length;
    return tells ? `${first}, ${secondName(item)}` : `${first} (${namesakes.indexOf(item) + 1})`;
  });
}
