const printable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** GPT-2's printable stand-in for each byte: itself where printable, else the next free character from U+0100. */
export const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();
const byteOf: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text as UTF-8 bytes, one stand-in character a byte: ` é` → `ĠÃ©`. */
export const bytesOf = (text: string): string => {
  let bytes = '';
  for (const byte of encoder.encode(text)) bytes += byteCharacters[byte]!;
  return bytes;
};

/** The inverse of {@link bytesOf}. Characters that stand for no byte are kept; part of a character becomes U+FFFD. */
export const textOfBytes = (bytes: string): string =>
  decoder.decode(
    Uint8Array.from(
      [...bytes].flatMap((character) => byteOf.get(character) ?? [...encoder.encode(character)]),
    ),
  );

// Contractions, then runs of letters, numbers or other characters with at most one space before, then white space,
// of which the last character is left to the run that follows.
const UNIT =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * The units of a text that byte-level BPE merges bytes in, and never across: a word with the space before it, say.
 * `"it's so"` → `it`, `'s`, ` so`.
 * Source: Radford et al. 2019 (GPT-2) §2.2, `encoder.py`.
 */
export const matchUnits = (text: string): IterableIterator<RegExpExecArray> => text.matchAll(UNIT);
