import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/**
 * Removes a folder that a process which ends may still write into. (`maxRetries` of Node's own does not help there: it
 * tries the last step again, and does not look for new files.)
 * @throws what the last of `tries` met
 */
export async function removeFolder(folder: string, tries = 50): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (tries <= 1) throw error;
    await setTimeout(100);
    await removeFolder(folder, tries - 1);
  }
}
