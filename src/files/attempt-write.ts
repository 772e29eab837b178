import { messageOf, VdaError } from '../base/error.ts';
import { isDiskFull } from './atomic-file.ts';

/**
 * What `work` on a file gives.
 * @param explain the message, from what the system said
 * @throws VdaError for its failure: `no-space` where the disk is full, `bad-input` else; one that it throws itself as it is
 */
export function attemptWrite<T>(work: () => T, explain: (reason: string) => string): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof VdaError) throw thrown;
    throw new VdaError(isDiskFull(thrown) ? 'no-space' : 'bad-input', explain(messageOf(thrown)), {
      cause: thrown,
    });
  }
}

/** The message of a file of results that grows by lines, where a line could not be written. */
export const cannotBeAddedTo = (path: string, reason: string): string =>
  `${path} could not be added to: ${reason}. What it holds is safe; make room and give the same command again to go on.`;
