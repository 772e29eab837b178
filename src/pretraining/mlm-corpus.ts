import { readDocuments } from '../data/text-lines.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** Texts as one long row of token ids, cut into sequences of equal length. */
export interface MlmCorpus {
  /** `sequences × length` ids; each sequence is [CLS] … [SEP]. */
  readonly ids: Uint16Array | Uint32Array;
  readonly length: number;
  readonly sequences: number;
}

/**
 * Packs documents into sequences of exactly `length` tokens: the pieces of all paragraphs, joined by a space, a [SEP]
 * at the end of each document, cut every `length` − 2 pieces (RoBERTa's FULL-SENTENCES, Liu et al. 2019 §4.2, without padding:
 * the pieces left at the very end are dropped).
 */
export async function packCorpus(
  paths: readonly string[],
  p: {
    readonly tokenizer: Tokenizer;
    readonly length: number;
    readonly onProgress?: (characters: number) => void;
  },
): Promise<MlmCorpus> {
  const { tokenizer, length, onProgress } = p;
  const body = length - 2;
  const chunks: Uint32Array[] = [];
  let chunk = new Uint32Array(chunkSequences * length);
  let filled = 0;
  let pending: number[] = [];
  let characters = 0;
  const flush = () => {
    let start = 0;
    for (; start + body <= pending.length; start += body) {
      if (filled === chunk.length) {
        chunks.push(chunk);
        chunk = new Uint32Array(chunkSequences * length);
        filled = 0;
      }
      chunk[filled] = tokenizer.clsId;
      chunk.set(pending.slice(start, start + body), filled + 1);
      chunk[filled + length - 1] = tokenizer.sepId;
      filled += length;
    }
    pending = pending.slice(start);
  };
  for (const path of paths) {
    for await (const paragraphs of readDocuments(path)) {
      for (const [i, paragraph] of paragraphs.entries()) {
        const { ids } = tokenizer.encode(i === 0 ? paragraph : ` ${paragraph}`);
        for (let j = 1; j < ids.length - 1; j++) pending.push(ids[j]!);
        characters += paragraph.length;
      }
      pending.push(tokenizer.sepId);
      flush();
      onProgress?.(characters);
    }
  }
  return join(chunks, { last: chunk.subarray(0, filled), length, small: tokenizer.vocabSize <= 65_536 });
}

const chunkSequences = 4096;

function join(
  chunks: readonly Uint32Array[],
  { last, length, small }: { readonly last: Uint32Array; readonly length: number; readonly small: boolean },
): MlmCorpus {
  const total = chunks.length * chunkSequences * length + last.length;
  const ids = small ? new Uint16Array(total) : new Uint32Array(total);
  chunks.forEach((chunk, i) => {
    ids.set(chunk, i * chunkSequences * length);
  });
  ids.set(last, total - last.length);
  return { ids, length, sequences: total / length };
}
