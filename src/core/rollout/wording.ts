/** The progress of a rollout in words. The one place that makes sentences of it. */
import {kindAndName} from '../observation/workload.js';
import type {Progress, RolloutFailure, Waiting} from './progress.js';

/** One line, without a full stop. */
export const progressText = (progress: Progress): string => {
  switch (progress.kind) {
    case 'waiting':
      return waitingText(progress.why);
    case 'failed':
      return failureText(progress.why);
    case 'done':
      return `Frigate is running again in ${progress.pod}: ${progress.delivering} of ${progress.cameras} cameras deliver frames`;
  }
};

export const waitingText = (why: Waiting): string => {
  switch (why.code) {
    case 'accepted':
      return why.late
        ? 'the controller has not processed the change yet; check the controller manager'
        : 'the change is accepted';
    case 'old-pod-terminating':
      return `the old pod ${why.pod} is terminating; a hung Frigate takes its whole grace period`;
    case 'held-by-old-pod':
      return `the new pod waits for resources of the old pod (${why.pod}), which is terminating; a hung Frigate takes its whole grace period`;
    case 'pod-refused':
      return `the new pod was refused: ${why.message}`;
    case 'pod-not-created':
      return why.oldPodGone ? 'the old pod is gone; the new pod is not created yet' : 'the new pod is not created yet';
    case 'pod-creating':
      return `pod ${why.pod} is being created`;
    case 'container-starting':
      return `the container of ${why.pod} is starting`;
    case 'api-silent':
      return `Frigate is starting in ${why.pod}; its API does not answer yet`;
    case 'cameras-missing':
      return `Frigate answers; ${why.delivering} of ${why.expected} cameras deliver frames`;
  }
};

export const failureText = (why: RolloutFailure): string => {
  switch (why.code) {
    case 'workload-deleted':
      return `${kindAndName(why)} was deleted`;
    case 'on-delete':
      return `${why.kind} ${why.name} has the strategy OnDelete: a new pod is created only when the old one is deleted`;
    case 'pod-refused':
      return `no new pod can be created: ${why.message}`;
    case 'unschedulable':
      return `no node can run the new pod: ${why.message}`;
    case 'cannot-start':
      return `the new pod cannot start: ${why.reason}${why.message === null ? '' : `: ${why.message}`}`;
    case 'volume':
      return `a volume of the new pod cannot be mounted: ${why.message}`;
    case 'container-failed':
      return `container failed permanently (exit_code=${why.exitCode}, oom_killed=${why.oomKilled}, reason=${why.reason}, restarts=${why.restarts}): ${exitText(why)}`;
  }
};

/** What an exit code says of Frigate's container (measured on 0.17.2 and 0.14.1; shells' and runtimes' conventions). */
const exitText = (why: Extract<RolloutFailure, {code: 'container-failed'}>): string => {
  if (why.oomKilled)
    return why.memoryLimit === null
      ? 'the node ran out of memory and killed it; no memory limit is set'
      : `it needs more memory than its limit of ${Math.round(why.memoryLimit / 2 ** 20)} MiB`;
  switch (why.exitCode) {
    case 0:
      return 'it ended by itself';
    case 1:
      return 'Frigate ended with an error; its last lines say which';
    case 126:
      return 'its command cannot be executed: the image is built for another architecture, or the file is not executable';
    case 127:
      return 'its command was not found: the image or the command is wrong';
    case 137:
      return 'it was killed (SIGKILL): by the liveness probe, by the node, or because it did not stop in its grace period';
    case 139:
      return 'it crashed (segmentation fault): often a driver or a library of the detector';
    case 143:
      return 'it was ended (SIGTERM): Frigate ended itself, or the liveness probe ended it';
    default:
      return `it ended with ${why.exitCode}`;
  }
};
