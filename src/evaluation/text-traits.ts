/** What a text may hold that a model, or an attack, treats in a way of its own. */
export interface TextTrait {
  readonly trait: 'negation' | 'numbers' | 'names';
  /** Whether a text has it; undefined where the text cannot tell. */
  readonly isIn: (text: string) => boolean | undefined;
}

const negation =
  /\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|cannot|without|hardly|barely)\b|n['’ ]t\b/i;
const numbers =
  /\p{Nd}|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand|million|billion)s?\b/iu;
/** A word in capitals after one that ends no sentence. */
const name = /[\p{L}\p{N},;:'’)\]-]["“”]?\s+["“(]?\p{Lu}[\p{L}'’.-]*\p{Ll}/u;

/** Negation, numbers and names, as English shows them: by words and capitals. A text without capitals tells of no names. */
export const textTraits: readonly TextTrait[] = [
  { trait: 'negation', isIn: (text) => negation.test(text) },
  { trait: 'numbers', isIn: (text) => numbers.test(text) },
  { trait: 'names', isIn: (text) => (/\p{Lu}/u.test(text) ? name.test(text) : undefined) },
];
