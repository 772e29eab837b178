// What the timing programs share: running a program while watching its memory, medians, tables, facts of the machine.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const pollMilliseconds = 50;
const ticksPerSecond = 100; // of /proc/PID/stat, on every Linux since 2.6

/**
 * Runs a program to its end. Peak memory is the sum of VmHWM, the kernel's own high-water mark of resident memory, over the
 * program and the processes it has started, read while they live; CPU time is that of all their threads. Both from
 * /proc, so Linux only.
 * @returns stdout and stderr, wall and CPU seconds, peak memory in MiB
 * @throws Error with the end of stderr when it fails
 */
export function runMeasured(command, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output[stream] += text;
      });
    }
    let [peakMiB, cpuSeconds] = [0, 0];
    const poll = setInterval(() => {
      const usages = treeOf(child.pid).flatMap((pid) => usageOf(pid) ?? []);
      peakMiB = Math.max(peakMiB, total(usages, 'peakMiB'));
      cpuSeconds = Math.max(cpuSeconds, total(usages, 'cpuSeconds'));
    }, pollMilliseconds);
    child.on('error', (error) => {
      clearInterval(poll);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(poll);
      const wallSeconds = (performance.now() - begun) / 1000;
      if (code === 0) resolve({ ...output, wallSeconds, cpuSeconds, peakMiB });
      else
        reject(new Error(`${command} ${args.join(' ')}\nended with ${code}:\n${output.stderr.slice(-2000)}`));
    });
  });
}

const total = (usages, key) => usages.reduce((sum, usage) => sum + usage[key], 0);

/** A process and its descendants that live. */
function treeOf(pid) {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    return [pid]; // it ended between two looks
  }
}

/** Peak memory and CPU time of a process so far, ended children's included; undefined once it has ended. */
function usageOf(pid) {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15 count from the start; the second is a name in parentheses that may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (!peak) return undefined;
    return {
      peakMiB: Number(peak[1]) / 1024,
      cpuSeconds: [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / ticksPerSecond,
    };
  } catch {
    return undefined; // it ended between two looks
  }
}

/** The middle of some numbers, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return (low + high) / 2;
}

/** A Markdown table of rows of cells. */
export const markdownTable = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Processor, cores, memory and versions on our side. */
export function machineFacts() {
  const packageOf = (url) => JSON.parse(readFileSync(new URL(url, import.meta.url), 'utf8'));
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    vectors: vectorInstructions(),
    node: process.version,
    vda: packageOf('../package.json').version,
    onnxruntime: packageOf('../node_modules/onnxruntime-node/package.json').version,
  };
}

/** The widest vector instructions, which decide how fast matrix products can be. */
function vectorInstructions() {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ') ?? [];
    return ['amx_tile', 'avx512f', 'avx2'].find((name) => flags.includes(name)) ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
