/** What the API server or the kubelet says of a connection into the pod, as a reply. */
import {maskedLine} from '../../core/mask.js';
import type {UnknownReason} from '../../core/known.js';
import {isCutInPod, isRefusedInPod} from '../../kubernetes/pod-connection.js';
import {pathFailed, reachedWithout, type NoAnswer} from './reply.js';

/** Refused and cut happened in the pod; everything else on the way there. */
export const podFailure = (why: UnknownReason): NoAnswer => {
  const detail = maskedLine(why.message, 200);
  if (isRefusedInPod(why)) return reachedWithout('refused', detail);
  return isCutInPod(why) ? reachedWithout('cut', detail) : pathFailed(detail, why.code);
};
