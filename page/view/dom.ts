export type Child = Node | string | false | undefined;

/** An element with attributes and children; `false` and `undefined` leave an attribute or a child out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  {
    children = [],
    ...attributes
  }: { readonly children?: readonly Child[] } & Readonly<Record<string, unknown>> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...present(children));
  return made;
}

/** Puts these in place of what an element holds. */
export const fill = (parent: Element, ...children: readonly Child[]): void =>
  parent.replaceChildren(...present(children));

const present = (children: readonly Child[]): readonly (Node | string)[] =>
  children.filter((child) => child !== false && child !== undefined);

/** The element of the page with an id. */
export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found as T;
}

export const percent = (p: number): string => `${Math.round(100 * p)}\u00a0%`;

/** A number and what it counts: `1 word`, `2 queries`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
