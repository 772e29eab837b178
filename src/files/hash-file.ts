import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { messageOf, VdaError } from '../base/error.ts';

/** SHA-256 of a file's bytes, hex. @throws VdaError `not-found` when it can't be read */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw new VdaError('not-found', `Cannot read ${path}: ${messageOf(error)}.`, { cause: error });
  }
  return hash.digest('hex');
}
