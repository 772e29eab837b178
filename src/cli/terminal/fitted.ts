import { wrap } from '../args/wrap.ts';

/**
 * Text for a terminal of so many columns: lines that are longer break at spaces, those of a table stay. As it is where no terminal
 * reads it.
 */
export const fitted = (text: string, columns = Number.POSITIVE_INFINITY): string =>
  text
    .split('\n')
    .flatMap((line) => (line.length <= columns || /^ *\|/.test(line) ? [line] : wrap(line, columns)))
    .join('\n');
