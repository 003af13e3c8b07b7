/**
 * Tokens of the `auth-provider` of a user: OpenID Connect, and the older ones of GCP and Azure. This is the one place that
 * knows client-node, and the only thing that is left for it to do; importing it takes longer than a whole start of ours, so
 * that it is loaded for such a user alone.
 */
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import type {RequestOptions} from 'node:https';
import type {AuthProvider} from './kubeconfig-file.js';

/** The value of the Authorization header; `null`: the provider is not known, or gives no token. Throws what the provider throws. */
export const authorizationOf = async ({name, config}: AuthProvider): Promise<string | null> => {
  const library = new KubeConfig();
  library.loadFromClusterAndUser(
    {name: 'cluster', server: 'https://localhost', skipTLSVerify: false},
    {name: 'user', authProvider: {name, config: {...config}}},
  );
  const options: RequestOptions = {};
  await library.applyToHTTPSOptions(options);
  const headers = options.headers as Readonly<Record<string, unknown>> | undefined;
  const header = headers?.['Authorization'];
  return typeof header === 'string' ? header : null;
};
