import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import type { TokenCandidates } from '../strategies/vda-feeds.ts';

/** Where each example's candidates lie; beside the data, with the ending `.json`. */
interface CandidateIndex {
  readonly fingerprint: string;
  /** Example id to [offset in bytes, number of (token, log-probability) pairs]. */
  readonly entries: Readonly<Record<string, readonly [offset: number, pairs: number]>>;
}

export interface CandidateSource {
  /** Candidates of an example (Eq. 2), computed once before training. */
  candidatesOf(exampleId: number): TokenCandidates;
  close(): void;
}

/** An int32 token and a float32 log-probability. */
const pairBytes = 8;

/**
 * The frozen masked LM's candidates of every training text, worked out once and kept on disk: they are the same in
 * every epoch, and a resumed run must see the same bits. The operating system's file cache keeps what is in use in
 * memory, so a data set of any size costs none of ours. Runs may share a file, also while one of them writes it.
 *
 * @param base path of the files without their endings, `.bin` and `.json`
 * @param fingerprint of all that decides the candidates: a file of others is made anew
 * @param compute yields candidates for all examples, in any order
 */
export async function openCandidates(
  base: string,
  p: {
    readonly fingerprint: string;
    readonly compute: () => AsyncIterable<readonly [exampleId: number, candidates: TokenCandidates]>;
  },
): Promise<CandidateSource> {
  const [data, index] = [`${base}.bin`, `${base}.json`];
  const known =
    readIndex({ data, index, fingerprint: p.fingerprint }) ?? (await writeCandidates({ data, index, ...p }));
  const file = openSync(data, 'r');
  return {
    candidatesOf: (exampleId) => {
      const [offset, pairs] = known.entries[exampleId]!;
      const bytes = Buffer.allocUnsafeSlow(pairs * pairBytes);
      readSync(file, bytes, 0, bytes.length, offset);
      return {
        ids: new Int32Array(bytes.buffer, 0, pairs),
        logProbabilities: new Float32Array(bytes.buffer, pairs * 4, pairs),
      };
    },
    close: () => closeSync(file),
  };
}

/** The index of whole data of this fingerprint, or nothing. */
function readIndex(p: {
  readonly data: string;
  readonly index: string;
  readonly fingerprint: string;
}): CandidateIndex | undefined {
  if (!existsSync(p.index) || !existsSync(p.data)) return undefined;
  const index = JSON.parse(readFileSync(p.index, 'utf8')) as CandidateIndex;
  const pairs = Object.values(index.entries).reduce((sum, [, count]) => sum + count, 0);
  const whole = statSync(p.data).size === pairs * pairBytes;
  return whole && index.fingerprint === p.fingerprint ? index : undefined;
}

/** The old index goes before the old data and the new one is written last: where there is one, the data is whole. */
async function writeCandidates(p: {
  readonly data: string;
  readonly index: string;
  readonly fingerprint: string;
  readonly compute: () => AsyncIterable<readonly [number, TokenCandidates]>;
}): Promise<CandidateIndex> {
  const entries: Record<string, readonly [number, number]> = {};
  rmSync(p.index, { force: true });
  mkdirSync(dirname(p.data), { recursive: true });
  const temporary = `${p.data}.${randomUUID()}.tmp`; // another run may be at the same texts
  const file = openSync(temporary, 'wx');
  try {
    let offset = 0;
    for await (const [exampleId, { ids, logProbabilities }] of p.compute()) {
      for (const part of [ids, logProbabilities]) {
        writeSync(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      }
      entries[exampleId] = [offset, ids.length];
      offset += ids.byteLength + logProbabilities.byteLength;
    }
    fsyncSync(file);
    renameSync(temporary, p.data);
  } finally {
    closeSync(file);
    rmSync(temporary, { force: true });
  }
  const index: CandidateIndex = { fingerprint: p.fingerprint, entries };
  writeFilesAtomically([{ path: p.index, chunks: [JSON.stringify(index)] }]);
  return index;
}
