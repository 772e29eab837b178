import type { ModelFiles } from '../src/inference.ts';
import { type FileEntry, type Manifest, type ModelEntry, manifestFile } from './manifest.ts';
import { messageOf } from './message-of.ts';

const advice = 'Serve the whole folder that npm run page wrote, then try again.';

/** @throws Error saying which file is missing, and what to do */
export async function fetchManifest(): Promise<Manifest> {
  const text = new TextDecoder().decode(await fetchBytes(manifestFile, () => {}));
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    throw new Error(`${manifestFile} is no JSON${isPage(text) ? ', but a web page' : ''}. ${advice}`);
  }
}

/** Fetches files of the page, each once, and says how many bytes have come. */
export function createDownload(onProgress: (bytes: number) => void) {
  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    onProgress(received);
  };
  const bytesOf = async (path: string) => unpacked(await fetchBytes(path, count));
  return {
    file: ({ name }: FileEntry) => bytesOf(name),
    model: async ({ folder, files }: ModelEntry): Promise<ModelFiles> => {
      const found: Record<string, string | Uint8Array> = {};
      for (const { name } of files) {
        const path = `${folder}/${name}`;
        const bytes = await bytesOf(path);
        const text = name.endsWith('.safetensors') ? undefined : new TextDecoder().decode(bytes);
        if (isPage(text ?? new TextDecoder().decode(bytes.subarray(0, 64)))) {
          throw new Error(`${path} came as a web page, not as the file. ${advice}`);
        }
        found[name] = text ?? bytes;
      }
      return found;
    },
  };
}

/** Some servers answer what is not there with their front page. */
const isPage = (text: string): boolean => /^\s*<(!doctype|html)/i.test(text);

async function fetchBytes(path: string, onBytes: (bytes: number) => void): Promise<Uint8Array> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, document.baseURI));
  } catch (thrown) {
    throw new Error(`${path} could not be fetched: ${messageOf(thrown)}. ${advice}`);
  }
  if (!answer.ok || answer.body === null) {
    throw new Error(`${path} could not be fetched: the server answers ${answer.status}. ${advice}`);
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    onBytes(value.length);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Unpacks gzip; a server that says so in its header has had the browser do it already. */
async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
