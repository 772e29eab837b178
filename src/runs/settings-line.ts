import { sharedAndOwn } from '../base/shared-and-own.ts';
import { type Provenance, type ProvenanceSetting, saidOf, shortName } from './provenance.ts';

/**
 * Every setting of an attack, in one line, each once: `data test.tsv (…); masked LM minilm (…); max change rate 0.4; …`. Of an
 * ensemble what all its members share comes first, then what is of each alone: `…; pwws: max change rate 0.4; textfooler: …`.
 */
export function settingsLine(provenance: Provenance): string {
  const members = new Map<string, Set<string>>();
  for (const setting of provenance) {
    const [, member, name] = /^search members (\S+) (.*)$/.exec(setting.name) ?? [];
    if (member === undefined || name === undefined) continue;
    const called = shortName(`attack ${name}`).replace(/^attack /, '');
    members.set(member, (members.get(member) ?? new Set()).add(said(called, setting)));
  }
  const each = [...members.values()].map((settings) => [...settings]);
  const { shared, own } = sharedAndOwn(each);
  const whole = provenance
    .filter(({ name }) => !name.startsWith('search members '))
    .map((setting) => said(setting.name, setting))
    .filter((one) => !each.some((settings) => settings.includes(one)));
  return [
    ...new Set([...whole, ...shared]),
    ...[...members.keys()].map((member, i) => `${member}: ${own[i]!.join(', ') || 'as the others'}`),
  ].join('; ');
}

const said = (name: string, setting: ProvenanceSetting): string => `${name} ${saidOf(setting)}`;
