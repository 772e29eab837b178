import { VdaError } from '../base/error.ts';

/**
 * The lines of a stream of UTF-8, without their ends (`\n` or `\r\n`) and a byte-order mark, as many at a time as have
 * come. An empty line is a line; after the last line feed nothing follows.
 * @throws VdaError `bad-input` for bytes that are not UTF-8, with the line
 */
export async function* stdinLines(
  stdin: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let rest = '';
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new VdaError(
        'bad-input',
        `Standard input, line ${line} or soon after: not valid UTF-8. Convert it, for example with iconv -t UTF-8.`,
        { cause },
      );
    }
  };
  for await (const chunk of stdin) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decode(chunk))).split('\n');
    rest = parts.pop()!;
    line += parts.length;
    if (parts.length > 0) yield parts.map(withoutReturn);
  }
  rest += decode();
  if (rest !== '') yield [withoutReturn(rest)];
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);
