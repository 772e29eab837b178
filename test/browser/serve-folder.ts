import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { onLoopback } from '../on-loopback.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

/** A static server of this machine alone. */
export interface StaticServer {
  /** Ends with a slash. */
  readonly url: string;
  /** From now on it answers these paths with other bytes, or where there are none with 404. */
  readonly disturb: (paths: Readonly<Record<string, string | undefined>>) => void;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** Serves the files of a folder as they are. */
export async function serveFolder(folder: string): Promise<StaticServer> {
  const asked: string[] = [];
  let disturbed: Readonly<Record<string, string | undefined>> = {};
  const { origin, close } = await onLoopback(async ({ url = '/' }, answer) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname));
    asked.push(path);
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const bytes = path in disturbed ? disturbed[path] : await readFile(file).catch(() => undefined);
    answer.writeHead(bytes === undefined ? 404 : 200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
    });
    answer.end(bytes ?? 'not found');
  });
  return {
    url: `${origin}/`,
    asked,
    disturb: (paths) => {
      disturbed = paths;
    },
    close,
  };
}
