import { type WordConstraint, wordConstraint } from './constraint.ts';

/** Scripts whose letters look like each other's. */
const scripts = {
  latin: /\p{Script=Latin}/u,
  greek: /\p{Script=Greek}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
  armenian: /\p{Script=Armenian}/u,
  cherokee: /\p{Script=Cherokee}/u,
} as const;

/** Compatibility forms (full width, mathematical alphabets) and characters that are not seen. */
const disguised = /[\p{Cf}\u{ff01}-\u{ff5e}\u{1d400}-\u{1d7ff}]/u;

const scriptsOf = (word: string) =>
  Object.entries(scripts).flatMap(([name, letters]) => (letters.test(word) ? [name] : []));

/**
 * A word keeps to the script that it was written in: no letter of another that looks the same (*pаper* with a Cyrillic а), no
 * full-width or mathematical letters, nothing invisible.
 *
 * Source: such letters are the attacks of Boucher et al. 2022 (arXiv:2106.09898), and TextBugger's Sub-C; the list is ours.
 */
export const noHomoglyphs: WordConstraint = wordConstraint(
  { id: 'homoglyphs', version: 1, name: 'letters of the same script' },
  {
    allowsSubstitution: (from, to) => {
      const own = scriptsOf(from);
      return (!disguised.test(to) || disguised.test(from)) && scriptsOf(to).every((one) => own.includes(one));
    },
  },
);
