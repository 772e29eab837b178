import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { VdaError } from '../base/error.ts';
import { escapeMarkdown } from '../base/escape-markdown.ts';
import { parseJson } from '../base/parse-json.ts';
import { attackFiles } from '../runs/attack-run.ts';
import { readResults, resultLine } from '../runs/results-file.ts';
import { metricsFile, runFile } from '../runs/run-folder.ts';
import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';
import { valueWithPathsAs, withPathsAs } from './shown-path.ts';

/** A file as others get it: the one on disk byte for byte, or its text without the folders of this machine. */
export type SharedFile = {
  /** Where it goes, relative and with slashes. */
  readonly path: string;
  readonly bytes: number;
} & ({ readonly file: string } | { readonly text: string });

/** Records of vda in a model's folder, and in an attack's. */
const records = [runFile, 'onnx/export.json'];
const attackRecords = [attackFiles.manifest, attackFiles.summary, runFile];

/**
 * The files of a run that others need: the model with its tokenizer, its ONNX exports, the card, and the records of training and
 * attacks. No checkpoint, no optimizer state, no text.
 *
 * Paths of this machine do not leave: in records every absolute path is cut to its last part, in `config.json` and
 * `tokenizer_config.json` the one that transformers keeps there, in the card those that the records name, and all of its command.
 * What a person wrote into the card beside is theirs, and stays.
 *
 * @param run folder of `vda train`
 * @param p.attacks folders of `vda attack`; those outside the run go to `attacks/`
 * @param p.withTexts whether the attacks' `results.jsonl` are among them, which hold the texts
 */
export function sharedFiles(
  run: string,
  p: { readonly attacks: readonly string[]; readonly withTexts: boolean },
): readonly SharedFile[] {
  const asIs = (path: string): readonly SharedFile[] => {
    const file = join(run, path);
    return existsSync(file) ? [{ path, file, bytes: statSync(file).size }] : [];
  };
  const attacks = placesOf(p.attacks, run);
  const named = namedPaths([run, ...p.attacks]);
  const inRun = (path: string, write: (text: string, file: string) => string) =>
    rewritten(join(run, path), { path, write });
  return [
    ...inRun('README.md', (text) => withoutNamed(text, named)),
    ...['config.json', 'tokenizer_config.json'].flatMap((path) => inRun(path, withoutOrigin)),
    ...TOKENIZER_FILES.filter((path) => path !== 'tokenizer_config.json').flatMap(asIs),
    ...asIs('model.safetensors'),
    ...onnxFiles(run).flatMap(asIs),
    ...records.flatMap((path) => inRun(path, withoutFolders)),
    ...asIs(metricsFile),
    ...attacks.flatMap(({ folder, place }) => {
      const inAttack = (name: string, write: (text: string, file: string) => string) =>
        rewritten(join(folder, name), { path: `${place}/${name}`, write });
      return [
        ...attackRecords.flatMap((name) => inAttack(name, withoutFolders)),
        ...(p.withTexts ? inAttack(attackFiles.results, () => resultsOf(folder)) : []),
      ];
    }),
  ];
}

/** A text as `write` leaves it; the file itself where that is no other, and nothing where there is none. */
function rewritten(
  file: string,
  p: { readonly path: string; readonly write: (text: string, file: string) => string },
): readonly SharedFile[] {
  if (!existsSync(file)) return [];
  const { path } = p;
  const before = readFileSync(file, 'utf8');
  const text = p.write(before, file);
  return text === before
    ? [{ path, file, bytes: statSync(file).size }]
    : [{ path, text, bytes: Buffer.byteLength(text) }];
}

function onnxFiles(run: string): readonly string[] {
  const folder = join(run, 'onnx');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .sort()
    .map((name) => `onnx/${name}`);
}

/** Where the attacks' files go: within the run as they lie; others by their folder's name, numbered where it is taken. */
function placesOf(
  folders: readonly string[],
  run: string,
): readonly { readonly folder: string; readonly place: string }[] {
  const taken = new Set<string>();
  return folders.map((folder) => {
    const within = relative(resolve(run), resolve(folder)).replaceAll('\\', '/');
    const wanted =
      within.startsWith('..') || isAbsolute(within) ? `attacks/${basename(resolve(folder))}` : within;
    let place = wanted;
    for (let number = 2; taken.has(place); number++) place = `${wanted}-${number}`;
    taken.add(place);
    return { folder, place };
  });
}

/** @throws VdaError `bad-input` where the text is no JSON object */
function objectOf(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {} // said below, as of what is no object
  throw new VdaError(
    'bad-input',
    `${file} is not a JSON object. Put the file back as it was written, or move it away.`,
  );
}

/** The last part of a path. */
const lastPart = (path: string): string => basename(path) || '.';

/** A record of vda as JSON, without folders; an identity is made of contents alone, and its hash must stay true. */
function withoutFolders(text: string, file: string): string {
  const { identity, ...others } = objectOf(text, file);
  const shown = valueWithPathsAs(others, lastPart) as Readonly<Record<string, unknown>>;
  const climbing = withoutClimbing(shown) as Readonly<Record<string, unknown>>;
  const unchanged = JSON.stringify(climbing) === JSON.stringify(others);
  if (unchanged) return text;
  return `${JSON.stringify({ ...climbing, ...(identity !== undefined && { identity }) }, undefined, 2)}\n`;
}

/** Options that climb out of the working folder, such as `../data/train.tsv`, name folders of this machine too. */
function withoutClimbing(value: unknown): unknown {
  if (typeof value === 'string') return /^\.\.[\\/]/.test(value) ? lastPart(value) : value;
  if (Array.isArray(value)) return value.map(withoutClimbing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutClimbing(one)]));
}

/** Keys under which transformers keeps where a model or tokenizer came from. */
const origins = ['_name_or_path', 'name_or_path', 'tokenizer_file', 'vocab_file', 'merges_file'];

function withoutOrigin(text: string, file: string): string {
  const json = objectOf(text, file);
  const isPath = (key: string, value: unknown): value is string =>
    origins.includes(key) && typeof value === 'string' && (isAbsolute(value) || /^\.\.[\\/]/.test(value));
  if (!Object.entries(json).some(([key, value]) => isPath(key, value))) return text;
  const shown = Object.entries(json).map(([key, value]) => [
    key,
    isPath(key, value) ? lastPart(value) : value,
  ]);
  return `${JSON.stringify(Object.fromEntries(shown), undefined, 2)}\n`;
}

/** Absolute paths that the folders are called by, or that their records name, the longest first. */
function namedPaths(folders: readonly string[]): readonly string[] {
  const found = new Set(folders.map((folder) => resolve(folder)));
  const note = (path: string) => {
    if (path.split('/').length > 2) found.add(path);
    return path;
  };
  for (const folder of folders) {
    const record = join(folder, runFile);
    if (!existsSync(record)) continue;
    const { identity: _, ...others } = objectOf(readFileSync(record, 'utf8'), record);
    valueWithPathsAs(others, note);
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** A card without these paths, as they are or escaped, and without any in the lines of its commands. */
function withoutNamed(text: string, paths: readonly string[]): string {
  const spelled = paths.flatMap((path) => [...new Set([path, escapeMarkdown(path)])]);
  const named = spelled.reduce(
    (shown, path) => shown.replace(new RegExp(`${literal(path)}(?![\\p{L}\\p{N}_-])`, 'gu'), lastPart),
    text,
  );
  return named.replace(/^vda .*$/gm, (line) =>
    withPathsAs(line, lastPart).replace(/(?<=[\s'":,=])\.\.\/[^\s'":,]+/g, lastPart),
  );
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The results, with messages of errors that name no folder. */
const resultsOf = (folder: string): string =>
  readResults(join(folder, attackFiles.results))
    .records.map((record) =>
      resultLine(
        record.message === undefined ? record : { ...record, message: withPathsAs(record.message, lastPart) },
      ),
    )
    .join('');
