/** A leaf, or leaves under names, to any depth. */
export type Tree<T> = T | { readonly [name: string]: Tree<T> };

/** Leaves of a tree by their path (`weights.bert.pooler`). */
export function flatten<T>(tree: Tree<T>, isLeaf: (node: unknown) => node is T, path = ''): [string, T][] {
  if (isLeaf(tree)) return [[path, tree]];
  return Object.entries(tree as Record<string, Tree<T>>).flatMap(([name, child]) =>
    flatten(child, isLeaf, path === '' ? name : `${path}/${name}`),
  );
}

/** The same tree with each leaf replaced. */
export function mapTree<T, U>(
  tree: Tree<T>,
  isLeaf: (node: unknown) => node is T,
  f: (leaf: T, path: string) => U,
  path = '',
): Tree<U> {
  if (isLeaf(tree)) return f(tree, path);
  return Object.fromEntries(
    Object.entries(tree as Record<string, Tree<T>>).map(([name, child]) => [
      name,
      mapTree(child, isLeaf, f, path === '' ? name : `${path}/${name}`),
    ]),
  );
}
