import { Document } from 'yaml';

/** An object as YAML, under the command that made it; its keys in their order, nothing folded. */
export function yamlOf(object: object, madeBy: string): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  document.commentBefore = ` Made by: ${madeBy}`;
  return document.toString({ lineWidth: 0 });
}
