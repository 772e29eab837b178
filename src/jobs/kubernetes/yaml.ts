import { Document } from 'yaml';

/**
 * An object as YAML, under the command that made it; its keys in their order, nothing folded. A text that either version of
 * YAML reads as something else stands in quotes: kubectl reads 1.1, in which `no` is false.
 */
export function yamlOf(object: object, madeBy: string): string {
  const document = new Document(object, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  document.commentBefore = ` Made by: ${madeBy}`;
  return document.toString({ lineWidth: 0 });
}
