// Compiles kernels/assembly to WebAssembly and writes it into src/memory/kernels-wasm.ts.
// `node kernels/build.mjs --check` compares instead of writing and exits 1 when the committed bytes are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = fileURLToPath(new URL('../src/memory/kernels-wasm.ts', import.meta.url));

let binary;
const { error, stderr } = await asc.main(
  [
    'kernels/assembly/index.ts',
    '--baseDir',
    root,
    '--outFile',
    'kernels.wasm',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--initialMemory',
    '0',
    '--maximumMemory',
    '65536',
  ],
  {
    writeFile: (_name, contents) => {
      binary = contents;
    },
  },
);
if (error || !binary) {
  console.error(stderr.toString(), error?.message ?? 'the compiler wrote nothing');
  process.exit(1);
}

const source = `/**
 * The kernels of kernels/assembly, compiled: \`npm run build:kernels\` writes this file. WebAssembly with SIMD, base64.
 */
export const kernelsWasm =
  '${Buffer.from(binary).toString('base64')}';
`;
if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== source) {
    console.error('src/memory/kernels-wasm.ts does not match kernels/assembly: run `npm run build:kernels`');
    process.exit(1);
  }
} else {
  await writeFile(target, source);
  console.log(`${target}: ${binary.length} bytes of WebAssembly`);
}
