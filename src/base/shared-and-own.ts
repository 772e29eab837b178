/** What all lists hold, in the order of the first, and what each holds beside it. */
export function sharedAndOwn(lists: readonly (readonly string[])[]): {
  readonly shared: readonly string[];
  readonly own: readonly (readonly string[])[];
} {
  const shared = (lists[0] ?? []).filter((one) => lists.every((list) => list.includes(one)));
  return { shared, own: lists.map((list) => list.filter((one) => !shared.includes(one))) };
}
