/** The remembered state in its ConfigMap, as a test reads and changes it: real time cannot be moved, what is remembered of it can. */
import assert from 'node:assert/strict';
import {decodeState} from '../../src/core/state/codec.js';
import {encodeState} from '../../src/core/state/encode.js';
import {encodeLegacy} from '../../src/core/state/legacy.js';
import type {State} from '../../src/core/state/state.js';
import {DOCUMENT_KEY, FIELD_MANAGER} from '../../src/pass/state-store.js';
import {kubectl, kubectlJson} from './kubectl.js';

const NAME = 'frigate-health-state';

export const storedIn = async (namespace: string, name = NAME): Promise<State> => {
  const {data = {}} = await kubectlJson<{readonly data?: Readonly<Record<string, string>>}>(
    'get',
    'configmap',
    name,
    '-n',
    namespace,
  );
  const decoded = decodeState(data[DOCUMENT_KEY] ?? '');
  assert.deepEqual(decoded.problems, []);
  return decoded.state;
};

/** Writes it as the program does, mirrored keys and its name as the writer included: to the program nobody else wrote. */
export const change = async (namespace: string, how: (state: State) => State): Promise<void> => {
  const state = how(await storedIn(namespace));
  const data = {[DOCUMENT_KEY]: encodeState(state), ...Object.fromEntries(encodeLegacy(state))};
  await kubectl([
    'patch',
    'configmap',
    NAME,
    '-n',
    namespace,
    '--type=merge',
    `--field-manager=${FIELD_MANAGER}`,
    '-p',
    JSON.stringify({data}),
  ]);
};
