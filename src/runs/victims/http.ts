import { argument, VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { isHeaderValue } from '../../base/header-value.ts';
import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import { type ContractName, contracts } from '../../inference/victims/index.ts';
import { type AskedVictim, type AskingOptions, openAskedVictim } from './asked-victim.ts';
import { addressOf, post } from './endpoint.ts';

/** How a service over HTTP is asked, beside what every service takes. */
export interface HttpVictimOptions extends AskingOptions {
  /** Bearer token, from the environment. It is kept in memory alone. */
  readonly token?: string | undefined;
  /** Name of the model, for services that have several. */
  readonly model?: string | undefined;
  /** What a chat model is told before the text. */
  readonly instruction?: string | undefined;
}

const rules = {
  contract: { kind: 'choice', choices: contracts },
  address: { kind: 'text' },
} as const satisfies SettingRules;

/**
 * A classifier behind an address.
 * @throws VdaError `usage` for a contract that there is not, an address with secrets, a token that fits into no header, or settings that its contract does not read; what asking it throws
 */
export function openHttpVictim(
  { contract: name, address }: { readonly contract: ContractName; readonly address: string },
  options: HttpVictimOptions = {},
): Promise<AskedVictim> {
  checkSettings('openHttpVictim', { contract: name, address }, { rules });
  const contract = contracts[name];
  const url = urlOf(address);
  const { scores = 'probabilities', model, instruction, token, signal, timeout = 60 } = options;
  if (!contract.scores.includes(scores as never)) {
    throw new VdaError(
      'usage',
      `${argument('scores', 'victimScores')} ${scores}: victims of the kind ${name} give ${contract.scores.join(' or ')}.`,
    );
  }
  if (token !== undefined && !isHeaderValue(token)) {
    throw new VdaError(
      'usage',
      `${argument('token', 'victimToken')}: the token holds a space, a line end or another character that no token has. Copy it again.`,
    );
  }
  const where = addressOf(url);
  return openAskedVictim(
    {
      ...{ name: where, batch: contract.batch, largestBatch: contract.largestBatch },
      ...{ readsPairs: contract.readsPairs, namesLabels: contract.namesLabels },
      part: {
        ...{ id: contract.id, version: contract.version },
        settings: { address: where, ...(url.search && { query: url.search }), model, instruction },
      },
      attempt: async (inputs, { labels }) => {
        const settings = { scores, labels, model, instruction };
        const endpoint = { url, token, signal, timeout: 1000 * timeout };
        const attempt = await post(contract.body(inputs, settings), endpoint);
        if (!('answer' in attempt)) return attempt;
        return { answer: contract.said(attempt.answer, { asked: inputs, settings }) };
      },
    },
    options,
  );
}

/** Nothing else of a query is known to be no secret; Azure wants this. */
const plainParameters = new Set(['api-version']);

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new VdaError(
      'usage',
      `${argument('address', 'victim')}: ${quotedExcerpt(address.split(/[?#@]/)[0]!)} is no address; expected http://… or https://….`,
    );
  }
  const odd = [...url.searchParams.keys()].find((key) => !plainParameters.has(key));
  const secret =
    url.username !== '' || url.password !== ''
      ? 'a user or password'
      : odd !== undefined
        ? `the parameter ${quotedExcerpt(odd)}`
        : undefined;
  if (secret === undefined) return url;
  throw new VdaError(
    'usage',
    `${argument('address', 'victim')}: the address ${addressOf(url)} comes with ${secret}. Addresses are recorded with the results: put what ` +
      `is secret into an environment variable, and give that as ${argument('token', 'victimToken')}.`,
  );
}
