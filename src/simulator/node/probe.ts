/** An HTTP probe as a kubelet makes it: any status from 200 to 399 within its deadline. */
import type {Instant} from '../../core/time.js';
import type {HttpProbe} from '../api/objects.js';
import {answer, listensOn, type Run} from '../frigate.js';

export const probeSucceeds = (run: Run, {path, port}: HttpProbe, at: Instant): boolean => {
  const now = at / 1000;
  const listening = listensOn(run, now);
  if (listening.local || listening.port !== port) return false;
  const result = answer(run, path, now);
  return result.kind === 'reply' && result.status < 400;
};
