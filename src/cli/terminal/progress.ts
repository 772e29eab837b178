import { sanitize } from '../../base/sanitize.ts';
import type { ProgressDisplay, ProgressFields, ProgressOptions } from '../../runs/hooks.ts';
import { formatDuration, formatRate } from './format.ts';
import type { Io, OutputStream } from './io.ts';

const redrawEvery = 100; // ms, on a terminal
const lineAtMostEvery = 2000; // ms, elsewhere: lines go to log files
const lineAtLeastEvery = 30_000; // ms
const lineEachFraction = 0.05; // of the total

/**
 * A progress display on stderr: on a terminal a bar redrawn in place, elsewhere (files, CI, `TERM=dumb`) a plain
 * line for each 5 % or 30 s, never two within 2 s. Rate and time left come from the mean since the start, so a
 * resumed job, which starts at `from`, is not credited with work it did not do.
 *
 * The width is read at every draw, and a line that a narrowed window has folded is cleared whole. Where nobody knows the
 * total there is no bar and no time left. Of a job with a time limit, fraction and time left go by what is nearer to its
 * end, the items' or the time's.
 */
export function createProgress(
  io: Pick<Io, 'stderr' | 'now' | 'env'>,
  options: ProgressOptions,
): ProgressDisplay {
  const { total, from = 0, unit = 'it', timeLimit = Number.POSITIVE_INFINITY } = options;
  const label = sanitize(options.label);
  const inPlace = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  const start = io.now();
  let done = from;
  let fields: ProgressFields = {};
  let ended = false;
  let drawn = { at: inPlace ? Number.NEGATIVE_INFINITY : start, done: from, length: 0, shown: false };

  const draw = () => {
    const seconds = (io.now() - start) / 1000;
    const rate = (done - from) / seconds;
    const state = { label, done, total, ended, seconds, timeLimit, rate, unit, fields };
    const width = (io.stderr.columns ?? 80) - 1; // the last column would make the terminal fold
    const line = inPlace ? barLine(state, width) : plainLine(state);
    io.stderr.write(inPlace ? clear(io.stderr, drawn.length) + line : `${line}\n`);
    drawn = { at: io.now(), done, length: line.length, shown: true };
  };
  const isTime = () => {
    const elapsed = io.now() - drawn.at;
    if (inPlace) return elapsed >= redrawEvery;
    const moved = total > 0 && done - drawn.done >= total * lineEachFraction;
    return elapsed >= lineAtLeastEvery || (moved && elapsed >= lineAtMostEvery);
  };

  return {
    update(nowDone, nowFields = fields) {
      done = nowDone;
      fields = nowFields;
      if (isTime()) draw();
    },
    log(line) {
      const before = inPlace ? clear(io.stderr, drawn.length) : '';
      io.stderr.write(`${before}${sanitize(line, { keep: '\t' })}\n`);
      drawn = { ...drawn, length: 0 };
      if (inPlace && drawn.shown) draw();
    },
    finish() {
      ended = true;
      if (inPlace || !drawn.shown || drawn.done !== done || done < total) draw();
      if (inPlace) io.stderr.write('\n');
    },
  };
}

/** Back to the start of the line, and up where a narrowed terminal has folded it, then erase to the end. */
function clear(stream: OutputStream, length: number): string {
  const folds = length === 0 ? 0 : Math.ceil(length / Math.max(1, stream.columns ?? 80)) - 1;
  return `\r${folds > 0 ? `\x1b[${folds}A` : ''}\x1b[J`;
}

interface State {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly ended: boolean;
  readonly seconds: number;
  readonly timeLimit: number;
  readonly rate: number;
  readonly unit: string;
  readonly fields: ProgressFields;
}

/** From 0 to 1, of the items or of the time, whichever is nearer to the end. */
const fractionOf = ({ done, total, seconds, timeLimit }: State): number =>
  Math.min(1, Math.max(done / total, seconds / timeLimit));

const secondsLeft = ({ done, total, rate, seconds, timeLimit }: State): number =>
  Math.max(0, Math.min((total - done) / rate, timeLimit - seconds));

const percentOf = (state: State): string => `${Math.floor(100 * fractionOf(state))}%`;

const figuresOf = (state: State): string[] => [
  state.total > 0 ? `${state.done}/${state.total}` : String(state.done),
  formatRate(state.rate, state.unit),
  ...(state.total > 0 && state.done < state.total && !state.ended
    ? [`left ${formatDuration(secondsLeft(state))}`]
    : [`took ${formatDuration(state.seconds)}`]),
  ...Object.entries(state.fields).map(([name, value]) => `${name} ${figure(value)}`),
];

const figure = (value: string | number): string =>
  typeof value === 'string' ? sanitize(value) : String(Number(value.toPrecision(4)));

const plainLine = (state: State): string =>
  [state.label, ...(state.total > 0 ? [percentOf(state)] : []), ...figuresOf(state)].join('  ');

/** `label [####----]  42%  figures`: the bar takes what width is left, at least 5; narrower has no bar. */
function barLine(state: State, width: number): string {
  if (state.total <= 0) return plainLine(state).slice(0, width);
  const tail = [percentOf(state).padStart(4), ...figuresOf(state)].join('  ');
  const room = Math.min(30, width - state.label.length - tail.length - 4);
  if (room < 5) return `${state.label} ${tail}`.slice(0, width);
  const filled = Math.round(room * fractionOf(state));
  return `${state.label} [${'#'.repeat(filled)}${'-'.repeat(room - filled)}] ${tail}`;
}
