/**
 * Messages of the kubelet and the container runtime. Each layer puts its own words before those of the layer below, so that what
 * happened stands at the end: `failed to create containerd task: …: nvml error: driver not loaded: unknown`.
 */
import type {CauseClass} from '../../finding.js';
import type {Pod} from '../../observation/pod.js';

/** Characters of a message in a summary, which has 160. */
const LONGEST = 100;
/** Whole layers that are shorter than this say too little: then the end of the layer before stands with them. */
const TOO_SHORT = 40;
/** What runc and Docker put behind the error: that its kind is unknown, and a hint. */
const NO_LAYER = /: unknown(?:: .*)?$/;

/** The end of the message that fits, from the beginning of a layer where that says enough. */
export const essenceOf = (message: string, longest = LONGEST): string => {
  const whole = message.trim().replace(NO_LAYER, '');
  if (whole.length <= longest) return whole;
  const end = whole.slice(1 - longest);
  const layer = end.indexOf(': ');
  return layer >= 0 && end.length - layer - 2 >= TOO_SHORT ? end.slice(layer + 2) : `…${end}`;
};

/** Of a pod that failed: the kubelet's sentences on an eviction begin with what was exceeded, its other messages end with it. */
export const essenceOfFailure = ({reason, message}: Pick<Pod, 'reason' | 'message'>, longest = LONGEST): string => {
  const text = (message ?? '').trim();
  return essenceOf(reason === 'Evicted' ? (text.split('. ')[0] ?? text) : text, longest);
};

/** Words of the kernel, of runc's device rules and of the NVIDIA runtime (nvidia-container-toolkit); the first that matches. */
const CAUSES: ReadonlyArray<readonly [pattern: RegExp, cause: CauseClass]> = [
  [
    /stale NFS file handle|stale file handle|transport endpoint is not connected|input\/output error|host is down/i,
    'storage',
  ],
  [/no space left on device/i, 'node'],
  [/\bnvml\b|nvidia-container|"?\/dev\/|gathering device information|CDI device/i, 'node'],
];

/** Whose fault it is that the runtime cannot make or start a container: mostly that of the template. */
export const causeOfRuntime = (message: string): CauseClass =>
  CAUSES.find(([pattern]) => pattern.test(message))?.[1] ?? 'config';

/** The kubelet's words for the node's own pressure (pkg/kubelet/eviction/helpers.go); else it is a limit of the template. */
export const causeOfEviction = (message: string): CauseClass =>
  /^The node was low on resource/.test(message) ? 'node' : 'config';
