import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../../base/error.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { attemptWrite } from '../../files/attempt-write.ts';
import { readBytes, writeBytes } from '../../files/file-bytes.ts';
import { checkJsonFile } from '../../files/json-file.ts';
import { makeFolder } from '../../files/make-folder.ts';
import type { TokenCandidates } from '../../strategies/vda/feed-sources.ts';

const count = z.int().nonnegative();

/** Where each example's candidates lie; beside the data, with the ending `.json`. */
const indexShape = z.object({
  fingerprint: z.string(),
  /** Of the data and of `entries`; see {@link createDigest}. */
  sha256: z.string(),
  /** Example id to [offset in bytes, number of (token, log-probability) pairs]. */
  entries: z.record(z.string(), z.tuple([count, count])),
});
type CandidateIndex = z.output<typeof indexShape>;

export interface CandidateSource {
  /** Candidates of an example (Eq. 2), computed once before training. */
  candidatesOf(exampleId: number): TokenCandidates;
  close(): void;
}

/** What candidates are asked for and how they are found. */
export interface CandidateRequest {
  /** Of all that decides the candidates: a file of others is made anew. */
  readonly fingerprint: string;
  /** Pairs that each example must have. */
  readonly pairs: ReadonlyMap<number, number>;
  /** Yields candidates for all examples, in any order. */
  readonly compute: () => AsyncIterable<readonly [exampleId: number, candidates: TokenCandidates]>;
  /** Told where a file is damaged, and made anew. */
  readonly say: (line: string) => void;
}

/** An int32 token and a float32 log-probability. */
const pairBytes = 8;

/**
 * The frozen masked LM's candidates of every training text, worked out once and kept on disk: they are the same in
 * every epoch, and a resumed run must see the same bits. The operating system's file cache keeps what is in use in
 * memory, so a data set of any size costs none of ours. Runs may share a file, also while one of them writes it: each goes
 * on reading the one that it opened.
 *
 * @param base path of the files without their endings, `.bin` and `.json`
 * @throws VdaError `no-space` or `bad-input` where they cannot be written; `bad-input` where the file is changed under a run
 */
export async function openCandidates(base: string, request: CandidateRequest): Promise<CandidateSource> {
  const [data, index] = [`${base}.bin`, `${base}.json`];
  const { entries, file } =
    openKnown({ data, index, ...request }) ?? (await writeCandidates({ data, index, ...request }));
  return {
    candidatesOf: (exampleId) => {
      const entry = entries[exampleId];
      if (entry === undefined) throw new VdaError('internal', `${data} has nothing of text ${exampleId}.`);
      const [start, pairs] = entry;
      const remedy = 'It was changed while it was in use: start the run again.';
      const what = 'the candidates of a text';
      const bytes = readBytes(file, { path: data, start, bytes: pairs * pairBytes, what, remedy });
      return {
        ids: new Int32Array(bytes.buffer, 0, pairs),
        logProbs: new Float32Array(bytes.buffer, pairs * 4, pairs),
      };
    },
    close: () => closeSync(file),
  };
}

interface OpenCandidates {
  readonly entries: CandidateIndex['entries'];
  /** Open for reading. */
  readonly file: number;
}

interface Paths {
  readonly data: string;
  readonly index: string;
}

/** Whole data of this fingerprint, or nothing; that data is damaged is said. */
function openKnown(p: Paths & CandidateRequest): OpenCandidates | undefined {
  const index = checkJsonFile(p.index, indexShape);
  if (index?.ok && index.value.fingerprint !== p.fingerprint) return undefined;
  let file: number;
  try {
    file = openSync(p.data, 'r');
  } catch {
    return undefined; // one without the other is what a killed run leaves
  }
  if (index === undefined) {
    closeSync(file);
    return undefined;
  }
  const damage = index.ok ? damageOf(index.value, { file, ...p }) : `${basename(p.index)}: ${index.problem}`;
  if (index.ok && damage === undefined) return { entries: index.value.entries, file };
  closeSync(file);
  p.say(`The masked LM's candidates in ${p.data} are damaged (${damage}): they are worked out anew.`);
  return undefined;
}

function damageOf(
  { entries, sha256 }: CandidateIndex,
  { file, data, pairs }: { readonly file: number; readonly data: string } & Pick<CandidateRequest, 'pairs'>,
): string | undefined {
  for (const [id, wanted] of pairs) {
    const own = Object.hasOwn(entries, id) ? entries[id]![1] : 0;
    if (own !== wanted) return `${own} of ${wanted} candidates of text ${id}`;
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) return 'it is no file';
  const { size } = stat;
  const expected = pairBytes * Object.values(entries).reduce((sum, [, own]) => sum + own, 0);
  if (size !== expected) return `${size} of ${expected} bytes`;
  const digest = createDigest();
  for (let start = 0; start < size; start += 2 ** 22) {
    digest.add(readBytes(file, { path: data, start, bytes: Math.min(2 ** 22, size - start) }));
  }
  return digest.of(entries) === sha256 ? undefined : 'its checksum is another';
}

/** SHA-256, hex, of the data and then of the entries, whose ids JavaScript keeps in ascending order. */
function createDigest() {
  const hash = createHash('sha256');
  return {
    add: (bytes: Uint8Array) => hash.update(bytes),
    of: (entries: CandidateIndex['entries']) => hash.update(JSON.stringify(entries)).digest('hex'),
  };
}

/** The old index goes before the old data and the new one is written last: where there is one, the data is whole. */
async function writeCandidates(p: Paths & CandidateRequest): Promise<OpenCandidates> {
  const entries: CandidateIndex['entries'] = {};
  const digest = createDigest();
  const temporary = `${p.data}.${randomUUID()}.tmp`; // another run may be at the same texts
  const written = <T>(write: () => T): T =>
    attemptWrite(
      write,
      (reason) =>
        `Could not write the masked LM's candidates, ${p.data}: ${reason}. Make room, or choose another folder, and start again.`,
    );
  const file = written(() => {
    rmSync(p.index, { force: true });
    makeFolder(dirname(p.data));
    return openSync(temporary, 'wx+');
  });
  try {
    let offset = 0;
    for await (const [exampleId, { ids, logProbs }] of p.compute()) {
      for (const { buffer, byteOffset, byteLength } of [ids, logProbs]) {
        const bytes = new Uint8Array(buffer, byteOffset, byteLength);
        written(() => writeBytes(file, bytes));
        digest.add(bytes);
      }
      entries[exampleId] = [offset, ids.length];
      offset += ids.length * pairBytes;
    }
    written(() => {
      fsyncSync(file);
      renameSync(temporary, p.data);
    });
    const index: CandidateIndex = { fingerprint: p.fingerprint, sha256: digest.of(entries), entries };
    writeFilesAtomically([{ path: p.index, chunks: [JSON.stringify(index)] }]);
    return { entries, file };
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  } finally {
    rmSync(temporary, { force: true });
  }
}
