import { expect, test } from 'vitest';
import { environment } from '../../../src/cli/terminal/environment.ts';

const backends = async () => [
  { name: 'cpu', bundled: true },
  { name: 'cuda', bundled: false },
  { name: 'tensorrt', bundled: false }, // not a device of vda
];

test('environment names versions, machine and devices', async () => {
  const { versions, machine } = await environment({}, backends);
  expect(versions).toMatchObject({ node: process.versions.node, vda: expect.stringMatching(/^\d/) });
  expect(versions!['onnxruntime-node']).toMatch(/^\d+\.\d+\.\d+/);
  expect(machine!.devices).toBe('cpu, cuda (if its libraries are there)');
  expect(Number(machine!.cores)).toBeGreaterThan(0);
});

test('environment tells what there is to say about a device', async () => {
  const { machine } = await environment({}, async () => [{ name: 'cpu', bundled: true, note: 'slow' }]);
  expect(machine!.devices).toBe('cpu (slow)');
});

test('environment shows settings, but no secret', async () => {
  const env = {
    HF_TOKEN: 'hf_secret',
    HUGGING_FACE_HUB_TOKEN: 'hf_secret',
    HF_TOKEN_PATH: '/home/me/token',
    HF_HOME: '/cache',
    HF_ENDPOINT: 'https://me:hf_secret@mirror.example/hub',
    HF_HUB_OFFLINE: '',
    PASSWORD: 'hf_secret',
  };
  const { settings } = await environment(env, backends);
  expect(settings).toEqual({
    HF_ENDPOINT: 'https://(hidden)@mirror.example/hub',
    HF_HOME: '/cache',
    HF_HUB_OFFLINE: 'set, but empty',
    HF_TOKEN: 'set (hidden)',
    HF_TOKEN_PATH: '/home/me/token',
    HUGGING_FACE_HUB_TOKEN: 'set (hidden)',
  });
});

test('environment reports a runtime that does not load as a finding', async () => {
  const { machine } = await environment({}, () => Promise.reject(new Error('GLIBC_2.99 not found')));
  expect(machine!.devices).toBe('ONNX Runtime does not load: GLIBC_2.99 not found');
});
