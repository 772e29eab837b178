import { VdaError } from '../../base/error.ts';
import { splitLines } from '../../data/text-lines.ts';

/**
 * The lines of a stream of UTF-8, without their ends (`\n` or `\r\n`) and a byte-order mark, as many at a time as have
 * come. An empty line is a line; after the last line feed nothing follows. Carriage returns end lines where no line feed
 * ever came, as in files ({@link splitLines}).
 * @param p.signal ends the wait for what has not come
 * @throws VdaError `bad-input` for bytes that are not UTF-8, with the line; the signal's reason once it is aborted
 */
export async function* stdinLines(
  stdin: AsyncIterable<string | Uint8Array>,
  { signal }: { readonly signal: AbortSignal },
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
  for await (const chunk of untilAborted(stdin, signal)) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decode(chunk))).split('\n');
    rest = parts.pop()!;
    line += parts.length;
    if (parts.length > 0) yield parts.map(withoutReturn);
  }
  rest += decode();
  if (rest !== '') yield line === 1 ? splitLines(rest) : [withoutReturn(rest)];
}

/** What an iteration gives, until the signal: a source that is waiting is then waited for no longer. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      items
        .next()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });
    if (next.done) return;
    yield next.value;
  }
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);
