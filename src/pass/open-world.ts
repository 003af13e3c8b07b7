/** Makes the world of a use case from its context: the opened cluster, Frigate's ways, the log, the mailbox. */
import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {openFrigate} from '../frigate/open.js';
import {readLog} from '../frigate/log/read.js';
import {createMailer} from '../mail/smtp.js';
import {CommandFailure} from '../report/failure.js';
import type {Context, Gate} from './context.js';
import {execByRight} from './exec-by-right.js';
import type {World} from './world.js';

/** The namespace where neither a flag, a setting, the context nor the pod names one. */
export const DEFAULT_NAMESPACE = 'frigate';

/** 48 random bits beside the time: two runners never make the same. */
const newId = (): string => `${Date.now().toString(36)}-${randomBytes(6).toString('hex')}`;

export const openWorld = async (
  {settings, open, version}: Context,
  command: string,
): Promise<{readonly world: World; readonly close: () => Promise<void>}> => {
  const gate = await open();
  if ('fix' in gate) throw new CommandFailure('usage', gate.message, gate.fix);
  const {cluster, clock} = gate;
  // Where exec is chosen as the way, its right is a matter of course (FRG-102 reviews it).
  const ways = settings.via === 'exec' ? cluster : {...cluster, exec: execByRight(cluster)};
  const world: World = {
    cluster,
    clock,
    settings,
    newId,
    version,
    namespace: settings.namespace ?? cluster.defaultNamespace ?? DEFAULT_NAMESPACE,
    runner: `${command} on ${hostname()}`,
    mailer: createMailer(settings.mail),
    openFrigate: (address, signal, expected = null) =>
      openFrigate(
        ways,
        {...address, podIP: address.ip, port: settings.apiPort},
        {via: settings.via, apiTimeout: settings.apiTimeout, signal, expected},
      ),
    readLog: (question, signal) => readLog(cluster, question, signal),
  };
  return {world, close: () => close(gate)};
};

const close = async ({cluster, close: end}: Gate): Promise<void> => {
  cluster.close();
  await end();
};
