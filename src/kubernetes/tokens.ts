/** Bearer tokens for others than the API server: the one of the own user, and those of ServiceAccounts (TokenRequest). */
import * as z from 'zod';
import type {Known} from '../core/known.js';
import {known, mapKnown} from '../core/known.js';
import type {Duration} from '../core/time.js';
import {parseInstant} from '../core/time.js';
import type {ApiClient} from './api/client.js';
import {resources} from './api/resources.js';
import type {AccountToken, UserToken} from './cluster.js';

const tokenRequest = z.object({status: z.object({token: z.string().min(1), expirationTimestamp: z.string()})});

/** A token for the API server's own audience, which is the one that a TokenReview accepts. */
export const createAccountToken = async (
  client: ApiClient,
  {namespace, account, length}: {readonly namespace: string; readonly account: string; readonly length: Duration},
  signal: AbortSignal,
): Promise<Known<AccountToken>> => {
  const answer = await client.request(
    {
      ask: {verb: 'create', resource: resources.ServiceAccount, subresource: 'token', namespace, name: account},
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {expirationSeconds: Math.round(length / 1000)},
      },
      kinds: ['TokenRequest'],
      schema: tokenRequest,
      // Nothing is stored: a second request makes a second token.
      repeatable: true,
    },
    signal,
  );
  if (!answer.ok) return {known: false, why: answer.failure.why};
  const {token, expirationTimestamp} = answer.value.status;
  return known({token, expiresAt: parseInstant(expirationTimestamp)});
};

/** As the kubeconfig has it at this moment: token, file, credential plugin, or the account of the pod. */
export const userToken = (client: ApiClient): UserToken => ({
  async read(signal) {
    return mapKnown(await client.connection(signal), ({headers}) => {
      // The token is the real user's, and another program would not see the impersonation.
      if (Object.keys(headers).some((name) => name.toLowerCase().startsWith('impersonate-'))) return null;
      const {Authorization: authorization} = headers;
      return typeof authorization === 'string' ? (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null) : null;
    });
  },
  renew: () => client.renew(),
});
