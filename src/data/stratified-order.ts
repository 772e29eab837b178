/**
 * Stratified order: every prefix holds each class by its proportion, as nearly as whole numbers allow.
 *
 * After k items, class c with proportion s(c) of all stands there k·s(c) ± (1 − 1/(2n − 2)) times, for each of n classes (two
 * classes: ± ½, the nearest whole numbers). Each item goes to the class that is due first, that is, which would fall
 * furthest behind soonest, among those that are behind by 1/(2n − 2) or more; where two are due at once, to the one whose
 * next item comes first in `order`. Within a class the order is that of `order`.
 *
 * Source: Tijdeman 1980, "The chairman assignment problem", Discrete Mathematics 32, 323–330.
 *
 * @param classes class of each item
 * @param order the items (indices into `classes`), each once; it decides everything that the proportions leave open
 * @param count how many to give: the first of the same order, whatever the count
 */
export function stratifiedOrder(
  classes: readonly number[],
  { order, count = order.length }: { readonly order: readonly number[]; readonly count?: number },
): readonly number[] {
  const queues = new Map<number, { readonly places: number[]; taken: number }>();
  for (const [place, item] of order.entries()) {
    const queue = queues.get(classes[item]!);
    if (queue === undefined) queues.set(classes[item]!, { places: [place], taken: 0 });
    else queue.places.push(place);
  }
  const strata = [...queues.values()];
  if (strata.length < 2) return order.slice(0, count);
  const total = order.length;
  const slack = 1 / (2 * strata.length - 2);
  return Array.from({ length: Math.min(count, total) }, (_, before) => {
    let [chosen, soonest] = [strata[0]!, Number.POSITIVE_INFINITY];
    for (const stratum of strata) {
      const { places, taken } = stratum;
      const behind = (places.length * (before + 1) - taken * total) / total; // exact until it is divided
      if (behind < slack) continue;
      const due = (1 - slack - behind) * (total / places.length);
      const isFirst = due < soonest || (due === soonest && places[taken]! < chosen.places[chosen.taken]!);
      if (isFirst) [chosen, soonest] = [stratum, due];
    }
    return order[chosen.places[chosen.taken++]!]!;
  });
}
