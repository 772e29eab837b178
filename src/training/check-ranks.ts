import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { argument, VdaError } from '../base/error.ts';
import type { Communicator } from '../distributed/communicator.ts';
import { makeFolder } from '../files/make-folder.ts';
import { differencesInWords, type Identity, identityOf } from '../runs/identity.ts';

/** What every rank must have alike. */
export interface SameOnAllRanks {
  /** What decides the outcome. */
  readonly identity: Identity;
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Steps that the run to go on with has done; undefined where it begins. */
  readonly fromStep: number | undefined;
}

/**
 * Holds options, data, models, versions and checkpoint of the ranks against those of rank 0: gradients of another training would
 * be added to its own, and nobody would see it.
 * @throws VdaError `conflict`, on all ranks, naming one that differs and in what
 */
export async function checkSameOnAllRanks(communicator: Communicator, own: SameOnAllRanks): Promise<void> {
  if (communicator.size === 1) return;
  const { identity, versions, fromStep } = own;
  const run = { id: 'run', settings: { ...versions, fromStep: fromStep ?? 'the beginning' } };
  const whole = identityOf({ run, ...identity.parts });
  const said: Said = { host: hostname(), ...whole };
  const [first, ...others] = await gather(communicator, said);
  for (const [i, other] of others.entries()) {
    if (other.hash === first!.hash) continue;
    const differences = differencesInWords(first!.parts, other.parts, {
      there: 'on rank 0',
      now: `on rank ${i + 1}`,
    });
    throw new VdaError(
      'conflict',
      `Rank ${i + 1} (${other.host}) does not train what rank 0 (${first!.host}) trains: ${differences}. Start all ranks with the same options, data, models and version of vda.`,
    );
  }
}

interface Said extends Identity {
  readonly host: string;
}

async function gather<T>(communicator: Communicator, said: T): Promise<readonly T[]> {
  const all = await communicator.allGather(new TextEncoder().encode(JSON.stringify(said)));
  return all.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T);
}

/** How long a file may take to be seen through a network's file system. */
const patienceMs = 3000;

/**
 * Checks that the run's folder is one folder for all ranks: rank 0 writes a file there, and the others look for it. Its name is
 * new, for a file system may remember for a while what was not there.
 * @throws VdaError `conflict`, on all ranks, naming those that do not see it
 */
export async function checkSharedFolder(communicator: Communicator, folder: string): Promise<void> {
  if (communicator.size === 1) return;
  const name = await communicator.fromLeader(() => {
    const token = `.vda.ranks-${randomUUID()}.tmp`;
    makeFolder(folder);
    writeFileSync(join(folder, token), '');
    return token;
  });
  const path = join(folder, name);
  const began = performance.now();
  while (!existsSync(path) && performance.now() - began < patienceMs) await setTimeout(100);
  const all = await gather(communicator, { host: hostname(), sees: existsSync(path) });
  if (communicator.rank === 0) rmSync(path, { force: true });
  const blind = all.flatMap((one, rank) => (one.sees ? [] : [`rank ${rank} (${one.host})`]));
  if (blind.length === 0) return;
  throw new VdaError(
    'conflict',
    `${folder} is not one folder for all ranks: what rank 0 (${all[0]!.host}) writes there, ${blind.join(', ')} ${blind.length === 1 ? 'does' : 'do'} not see. Give ${argument('outputDir')} a folder that all machines share.`,
  );
}
