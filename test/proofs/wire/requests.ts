/** The requests of a pass by what they ask for, so that the same one can be disturbed in another run. */
import type {ReceivedRequest} from '../../../src/simulator/api/disruption.js';

/** Method and path without names and times that change from run to run. */
export const signatureOf = ({method, path}: Pick<ReceivedRequest, 'method' | 'path'>): string => {
  const [place = '', query = ''] = path.split('?');
  const command = new URLSearchParams(query)
    .getAll('command')
    .join(' ')
    .replace(/--max-time \S+/, '')
    .slice(0, 60);
  const short = decodeURIComponent(place)
    .replace('/api/v1/namespaces/frigate/', '')
    .replace('/apis/apps/v1/namespaces/frigate/', '')
    .replace('/apis/authorization.k8s.io/v1/', '')
    .replace(/frigate-[a-z0-9]+-[a-z0-9]+/, 'POD');
  return `${method} ${short}${command === '' ? '' : ` ${command}`}`;
};

export interface Target {
  readonly signature: string;
  /** 1 is the first request with this signature in the pass. */
  readonly occurrence: number;
}

export const isWrite = ({signature}: Target): boolean => /^(PUT|PATCH|POST configmaps)/.test(signature);

/** Every request of an undisturbed pass, in order; a repeated write by its number. */
export const targetsOf = (requests: ReadonlyArray<Pick<ReceivedRequest, 'method' | 'path'>>): readonly Target[] => {
  const counts = new Map<string, number>();
  return requests.flatMap((request) => {
    const signature = signatureOf(request);
    const occurrence = (counts.get(signature) ?? 0) + 1;
    counts.set(signature, occurrence);
    const target = {signature, occurrence};
    return occurrence === 1 || isWrite(target) ? [target] : [];
  });
};

/** Matches a write once, at its number; a read every time, so that trying again does not get around it. */
export const matcherOf = (target: Target): ((request: ReceivedRequest) => boolean) => {
  let count = 0;
  return (request) => {
    if (signatureOf(request) !== target.signature) return false;
    count += 1;
    return isWrite(target) ? count === target.occurrence : true;
  };
};
