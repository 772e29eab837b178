import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { removeFolder } from '../remove-folder.js';

/** The browser of this machine; undefined where it has none. */
export const chromium = ((): string | undefined => {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // not this one
    }
  }
  return undefined;
})();

/** A page that is open in a headless browser. */
export interface OpenPage {
  /** The value of an expression, which may be a promise. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** A key pressed and let go by the keyboard: a letter, or one of {@link named}; `control` is held meanwhile if asked. */
  readonly press: (key: string, held?: { readonly control?: boolean }) => Promise<void>;
  /** A width and height of the page, in CSS pixels. */
  readonly resize: (width: number, height: number) => Promise<void>;
  /** A picture of the whole page, or of what is in view, PNG. */
  readonly picture: (p?: { readonly whole?: boolean }) => Promise<Uint8Array>;
  /** As for a reader who prefers this. */
  readonly prefer: (scheme: 'light' | 'dark') => Promise<void>;
  /** Opens the file once more; resolves when the new page has loaded. */
  readonly reload: () => Promise<void>;
  /** Errors and warnings of the console, and violations of the page's policy, of its workers too. */
  readonly complaints: readonly string[];
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Keys that are no letters. */
const named: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  ' ': 32,
  ArrowUp: 38,
  ArrowDown: 40,
};

/**
 * Opens a page in headless Chromium by its DevTools protocol over a pipe, and closes it after the work; downloads go to
 * `downloads`. Nothing but this machine can be reached from it.
 * @param page a file, or an address that begins with http:
 */
export async function inChromium(
  page: string,
  { downloads, work }: { readonly downloads: string; readonly work: (page: OpenPage) => Promise<void> },
): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'vda-chromium-'));
  const alone = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1';
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', alone];
  const child = spawn(
    chromium!,
    [...flags, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      detached: true, // in a group of its own, so that its helpers can be ended with it
    },
  );
  const ended = once(child, 'exit');
  try {
    const { send, on } = protocol(child);
    const { targetInfos } = (await send('Target.getTargets')) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!;
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const session = (method: string, params = {}) => send(method, params, sessionId as string);
    const complaints: string[] = [];
    on('Log.entryAdded', ({ entry }) => complaints.push((entry as { text: string }).text));
    on('Runtime.exceptionThrown', (thrown) => complaints.push(JSON.stringify(thrown)));
    on('Runtime.consoleAPICalled', ({ type, args }) => {
      if (type === 'error' || type === 'warning') complaints.push(JSON.stringify(args));
    });
    on('Target.attachedToTarget', ({ sessionId: worker }) => {
      void send('Runtime.enable', {}, worker as string);
      void send('Log.enable', {}, worker as string).catch(() => {}); // not every kind of worker has a log
    });
    const loads = new Set<unknown>(); // by loader, for the page before may still be loading, or still be there
    let tell = () => {};
    on('Page.lifecycleEvent', ({ name, loaderId }) => {
      if (name === 'load') loads.add(loaderId);
      tell();
    });
    const open = async () => {
      const { loaderId } = await session('Page.navigate', {
        url: page.startsWith('http:') ? page : pathToFileURL(page).href,
      });
      while (!loads.has(loaderId)) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
    };
    await session('Page.enable');
    await session('Page.setLifecycleEventsEnabled', { enabled: true });
    await session('Runtime.enable');
    await session('Log.enable');
    await session('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
    await send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
    await open();
    await work({
      complaints,
      reload: open,
      evaluate: async (expression) => {
        const { result, exceptionDetails } = await session('Runtime.evaluate', {
          expression,
          ...{ returnByValue: true, awaitPromise: true },
        });
        if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
        return (result as { value?: unknown }).value;
      },
      press: async (key, { control = false } = {}) => {
        const text = key === 'Enter' ? { text: '\r' } : key.length === 1 ? { text: key } : {};
        const code = key in named ? { windowsVirtualKeyCode: named[key], code: key } : {};
        const commands = control && key === 'a' ? { commands: ['selectAll'] } : {};
        const pressed = { key, ...code, ...commands, modifiers: control ? 2 : 0 };
        await session('Input.dispatchKeyEvent', { type: 'keyDown', ...pressed, ...(control ? {} : text) });
        await session('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed });
      },
      resize: async (width, height) => {
        const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
        await session('Emulation.setDeviceMetricsOverride', metrics);
      },
      picture: async ({ whole = false } = {}) => {
        const { data } = await session('Page.captureScreenshot', { captureBeyondViewport: whole });
        return Buffer.from(data as string, 'base64');
      },
      prefer: async (value) => {
        await session('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      },
    });
  } finally {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
    await ended;
    await removeFolder(profile); // helpers may end, and write, a little later
  }
}

/** Messages, each ended by a zero byte. */
function protocol(child: ChildProcess) {
  const [toBrowser, fromBrowser] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Map<string, (params: Record<string, unknown>) => void>();
  let buffered = '';
  let last = 0;
  fromBrowser.setEncoding('utf8').on('data', (text: string) => {
    const messages = (buffered + text).split('\0');
    buffered = messages.pop()!;
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
      else listeners.get(answer.method!)?.(answer.params ?? {});
    }
  });
  const send = (method: string, params: object = {}, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result!)));
      toBrowser.write(
        `${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`,
      );
    });
  return {
    send,
    on: (method: string, listener: (params: Record<string, unknown>) => void) =>
      listeners.set(method, listener),
  };
}
