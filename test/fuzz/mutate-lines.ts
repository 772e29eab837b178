import fc from 'fast-check';
import { mutatedBytes, mutatedJson } from './mutate-json.ts';

const garbage = [
  '',
  ' ',
  '{',
  '[]',
  'null',
  '"',
  '{}',
  '{"id":0}',
  '{"step":1e300}',
  'x'.repeat(5000),
  '\u0000',
  '0',
];

type LineChange =
  | { readonly what: 'remove' | 'repeat' | 'glue'; readonly at: number }
  | { readonly what: 'garbage'; readonly at: number; readonly text: string }
  | { readonly what: 'swap'; readonly at: number; readonly with: number };

const change = (lines: number): fc.Arbitrary<LineChange> => {
  const at = fc.nat(Math.max(0, lines - 1));
  return fc.oneof(
    fc.record({ what: fc.constantFrom('remove' as const, 'repeat' as const, 'glue' as const), at }),
    fc.record({ what: fc.constant('garbage' as const), at, text: fc.constantFrom(...garbage) }),
    fc.record({ what: fc.constant('swap' as const), at, with: at }),
  );
};

function apply(lines: string[], one: LineChange): void {
  if (lines.length === 0) return;
  const at = one.at % lines.length;
  if (one.what === 'remove') lines.splice(at, 1);
  else if (one.what === 'repeat') lines.splice(at, 0, lines[at]!);
  else if (one.what === 'glue') lines.splice(at, 2, lines.slice(at, at + 2).join(''));
  else if (one.what === 'garbage') lines.splice(at, 0, one.text);
  else if (one.what === 'swap') {
    const other = one.with % lines.length;
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  }
}

/** A file of JSON Lines with lines taken out, repeated, swapped, run together, of other content or no JSON at all. */
export const mutatedLines = (valid: string): fc.Arbitrary<Uint8Array> => {
  const lines = valid.trimEnd().split('\n');
  return fc.oneof(
    mutatedBytes(Buffer.from(valid)),
    fc.array(change(lines.length), { maxLength: 4 }).map((changes) => {
      const changed = [...lines];
      for (const one of changes) apply(changed, one);
      return Buffer.from(changed.map((line) => `${line}\n`).join(''));
    }),
    fc.nat(lines.length - 1).chain((at) =>
      mutatedJson(JSON.parse(lines[at]!)).map((line) =>
        Buffer.from(
          lines
            .with(at, line)
            .map((each) => `${each}\n`)
            .join(''),
        ),
      ),
    ),
  );
};
