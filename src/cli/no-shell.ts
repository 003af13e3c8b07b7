/** What the image answers to `-- /bin/sh`, the habit of images that have a shell: in one line, with what to type instead. Pure. */
import type {Environment} from './colour.js';

const SHELL = /^(?:\/(?:[\w.-]+\/)*)?(?:ba|da|a|z|k)?sh$/;

/** Where Kubernetes puts the namespace of a pod. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The line for people; `null`: the first word names no shell. */
export const noShellLine = (
  words: readonly string[],
  env: Environment,
  readFile: (path: string) => string | null,
): string | null => {
  const [shell = ''] = words;
  if (!SHELL.test(shell)) return null;
  const namespace = env['FRIGATE_HC_NAMESPACE'] || readFile(NAMESPACE_FILE)?.trim() || 'frigate';
  return (
    `This image has no ${shell}. To check Frigate from this pod, end the command with "-- check". ` +
    `For a shell in the network of the Frigate pod: kubectl debug -n ${namespace} -it FRIGATE_POD --image=busybox:1 -- sh`
  );
};
