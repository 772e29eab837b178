import { messageOf, VdaError } from '../base/error.ts';
import type { Message, Transport } from './transport.ts';

/** MPI's own part of a job: messages, and how it ends. */
export interface OpenMpi extends Transport {
  /** MPI_Finalize: waits for all ranks. */
  finalize(): void;
  /** MPI_Abort: ends this process and, by the launcher, all the others. */
  abort(exitCode: number): void;
}

/** Open MPI's soname since 1.11; a path, or another name, in the environment's `VDA_MPI_LIBRARY`. */
const libraryNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libmpi.so.40',
  darwin: 'libmpi.40.dylib',
};

const tag = 0x7da;
const longestVersion = 8192; // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI, 8192 in MPICH

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;

/** The library once it is open: koffi closes one that nothing refers to, under the functions found in it. */
let library: Library | undefined;

/**
 * Opens Open MPI through koffi and joins the job (MPI_Init). Handles of Open MPI are addresses of structures that the library
 * exports, those of MPICH and what descends from it (Intel MPI, Cray MPI) are integers that only its headers know: so another
 * library is refused by what MPI_Get_library_version says.
 *
 * Once in a process, as MPI has it. Calls are made one at a time from the main thread.
 * @throws VdaError `unsupported` where there is no such library, or it is another
 */
export async function openMpi(env: Readonly<Record<string, string | undefined>>): Promise<OpenMpi> {
  const named = env.VDA_MPI_LIBRARY;
  const name = named ?? libraryNames[process.platform];
  if (name === undefined) {
    throw new VdaError(
      'unsupported',
      `Training over MPI runs on Linux and macOS, not on ${process.platform}.`,
    );
  }
  const remedy =
    'Install Open MPI (Debian: apt-get install openmpi-bin libopenmpi3; on a cluster: module load openmpi), or give the path of its libmpi in VDA_MPI_LIBRARY.';
  try {
    const koffi = await import('koffi');
    library = koffi.load(name, { global: true }); // its plug-ins look for its symbols among the global ones
  } catch (thrown) {
    throw new VdaError(
      'unsupported',
      `The MPI library ${name} does not load (${messageOf(thrown)}). ${remedy}`,
    );
  }
  const mpi = library;
  const world = addressOf(mpi, 'ompi_mpi_comm_world');
  const byte = addressOf(mpi, 'ompi_mpi_byte');
  if (world === undefined || byte === undefined) {
    throw new VdaError(
      'unsupported',
      `The MPI library ${name} is ${versionOf(mpi)}, not Open MPI, whose interface training over MPI needs. ${remedy}`,
    );
  }

  const call = functionsOf(mpi);
  check('MPI_Init', call.init(null, null));
  const [rank, size] = [[0], [0]] as const;
  check('MPI_Comm_rank', call.rank(world, rank));
  check('MPI_Comm_size', call.size(world, size));

  /** @param request memory of an MPI_Request */
  const messageOver = (request: BigUint64Array): Message => {
    let isDone = false;
    return {
      isDone: () => {
        if (isDone) return true;
        check('MPI_Test', call.test(request, flag, null)); // MPI_STATUS_IGNORE is null
        isDone = flag[0] === 1;
        return isDone;
      },
    };
  };
  const flag = new Int32Array(1);
  return {
    rank: rank[0]!,
    size: size[0]!,
    send: (to, bytes) => {
      const request = new BigUint64Array(1);
      check('MPI_Isend', call.send(bytes, bytes.byteLength, byte, to, tag, world, request));
      return messageOver(request);
    },
    receive: (from, into) => {
      const request = new BigUint64Array(1);
      check('MPI_Irecv', call.receive(into, into.byteLength, byte, from, tag, world, request));
      return messageOver(request);
    },
    finalize: () => check('MPI_Finalize', call.finalize()),
    abort: (exitCode) => {
      call.abort(world, exitCode);
    },
  };
}

function functionsOf(mpi: Library) {
  const message = '(void *, int, void *, int, int, void *, void *)';
  return {
    init: mpi.func('int MPI_Init(void *, void *)'),
    finalize: mpi.func('int MPI_Finalize()'),
    abort: mpi.func('int MPI_Abort(void *, int)'),
    rank: mpi.func('int MPI_Comm_rank(void *, _Out_ int *)'),
    size: mpi.func('int MPI_Comm_size(void *, _Out_ int *)'),
    send: mpi.func(`int MPI_Isend${message}`),
    receive: mpi.func(`int MPI_Irecv${message}`),
    test: mpi.func('int MPI_Test(void *, void *, void *)'),
  };
}

function addressOf(mpi: Library, symbol: string): bigint | undefined {
  try {
    return mpi.symbol(symbol, 'void') as bigint;
  } catch {
    return undefined;
  }
}

/** The first line of what the library calls itself; may be asked before MPI_Init. */
function versionOf(mpi: Library): string {
  try {
    const text = Buffer.alloc(longestVersion);
    const length = [0];
    mpi.func('int MPI_Get_library_version(void *, _Out_ int *)')(text, length);
    return (
      text
        .toString('utf8', 0, length[0])
        .split(/[\n\0]/)[0]!
        .trim() || 'of no name'
    );
  } catch {
    return 'no MPI library';
  }
}

/** Errors end the job inside the library (MPI_ERRORS_ARE_FATAL); where a site has changed that, here. */
function check(name: string, code: unknown): void {
  if (code !== 0) throw new VdaError('internal', `${name} failed with code ${code}.`);
}
