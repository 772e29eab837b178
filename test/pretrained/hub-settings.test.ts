import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hubSettings } from '../../src/pretrained/hub-settings.ts';
import { temporaryFolder } from './folders.ts';

describe('hubSettings', () => {
  it.each([
    [{}, join(homedir(), '.cache/huggingface/hub')],
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '/h' }, '/h/hub'],
    [{ HF_HOME: '~/h', HF_HUB_CACHE: '' }, join(homedir(), 'h/hub')],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/c' }, '/c'],
  ])('finds the cache for %j', (environment, cache) => {
    expect(hubSettings(environment).cache).toBe(cache);
  });

  it('takes the token of the environment before the one of the login file', () => {
    const home = temporaryFolder();
    expect(hubSettings({ HF_HOME: home }).token).toBeUndefined();
    writeFileSync(join(home, 'token'), 'hf_file\n');
    expect(hubSettings({ HF_HOME: home }).token).toBe('hf_file');
    expect(hubSettings({ HF_HOME: home, HF_TOKEN: 'hf_env' }).token).toBe('hf_env');
  });

  it.each([
    [{}, false],
    [{ HF_HUB_OFFLINE: '0' }, false],
    [{ HF_HUB_OFFLINE: 'ON' }, true],
    [{ TRANSFORMERS_OFFLINE: '1' }, true],
  ])('is offline for %j: %s', (environment, offline) => {
    expect(hubSettings(environment).offline).toBe(offline);
  });

  it.each([
    ['http://me:SECRET@hub.example.org/api/', 'Set it to http://hub.example.org/api;'],
    ['https://hub.example.org?token=SECRET', 'Set it to https://hub.example.org;'],
    ['hub.example.org/SECRET', 'expected http://… or https://…'],
  ])('refuses an endpoint that is no address or holds a secret, which is not shown', (endpoint, said) => {
    const read = () => hubSettings({ HF_ENDPOINT: endpoint });
    expect(read).toThrow(said);
    expect(read).not.toThrow('SECRET');
  });
});
