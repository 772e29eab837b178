import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { messageOf } from '../../base/error.ts';
import { devices } from '../../options/model.ts';
import { installedVersion, vdaVersion } from '../../runs/versions.ts';
import type { Backend } from '../../runtime/node/backends.ts';
import { formatBytes } from './format.ts';

/** Settings that change what vda does, beside all whose name begins with `HF_`. */
const settings = /^(HF_|HUGGING_FACE_HUB_TOKEN$|OMP_NUM_THREADS$|CUDA_VISIBLE_DEVICES$)/;

/** Names whose value must not be shown; paths to such things may. */
const secret = /TOKEN|KEY|SECRET|PASSWORD|CREDENTIAL/i;

/** Facts about this installation, section → name → value. Holds no secret: tokens only as `set (hidden)`. */
export type Environment = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Collects what a report of a problem needs.
 * @param loadBackends gives the devices of the runtime; its failure is a finding, not an error
 */
export async function environment(
  env: Readonly<Record<string, string | undefined>>,
  loadBackends: () => Promise<readonly Backend[]>,
): Promise<Environment> {
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < totalmem();
  return {
    versions: {
      vda: vdaVersion(),
      node: process.versions.node,
      'onnxruntime-node': installedVersion('onnxruntime-node') ?? 'not installed',
      koffi: installedVersion('koffi') ?? 'not installed',
    },
    machine: {
      platform: `${platform()} ${arch()}, ${release()}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: String(availableParallelism()),
      memory: `${formatBytes(totalmem())}, ${formatBytes(freemem())} free${isLimited ? `, limited to ${formatBytes(limit)}` : ''}`,
      devices: await loadBackends().then(
        (found) =>
          found
            .filter(({ name }) => name in devices)
            .map(({ name, bundled, note }) => {
              const remark = note ?? (bundled ? undefined : 'if its libraries are there');
              return remark === undefined ? name : `${name} (${remark})`;
            })
            .join(', '),
        (thrown) => `ONNX Runtime does not load: ${messageOf(thrown)}`,
      ),
    },
    settings: Object.fromEntries(
      Object.entries(env)
        .filter((entry): entry is [string, string] => settings.test(entry[0]) && entry[1] !== undefined)
        .map(([name, value]) => [name, shown(name, value)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function shown(name: string, value: string): string {
  if (value === '') return 'set, but empty';
  if (secret.test(name) && !name.endsWith('_PATH')) return 'set (hidden)';
  return value.replace(/\/\/[^/@]*@/g, '//(hidden)@'); // user and password of an address
}
