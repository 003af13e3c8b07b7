/** Which of the workloads in sight is Frigate: labels, then image, then name; exactly one, or it says so. */
import type {Labels, LabelTest} from '../label-selector.js';
import type {FoundWorkload} from '../objects/workload.js';
import {hasApiPort, imageBasename, isFalseFriend, isFrigateImage} from './frigate-container.js';

export type Discovery =
  | {readonly found: 'one'; readonly candidate: FoundWorkload}
  | {readonly found: 'none'}
  | {readonly found: 'several'; readonly candidates: readonly FoundWorkload[]}
  | {readonly found: 'no-container'; readonly candidate: FoundWorkload};

/** The labels that charts and plain manifests put on Frigate, in the order in which they are trusted. */
const isLabelled = (labels: Labels): boolean =>
  labels['app.kubernetes.io/name'] === 'frigate' ||
  labels['app'] === 'frigate' ||
  labels['app.kubernetes.io/instance'] === 'frigate';

const carriesAName = ({name, labels, podLabels}: FoundWorkload): boolean =>
  isLabelled(podLabels) || isLabelled(labels) || name === 'frigate' || name.endsWith('-frigate');

const isFriend = (candidate: FoundWorkload): boolean =>
  isFalseFriend(candidate.name) ||
  (candidate.container !== null && isFalseFriend(imageBasename(candidate.container.image)));

const runsTheImage = ({container}: FoundWorkload): boolean => container !== null && isFrigateImage(container.image);

/** A rebuilt image under another name: a container called `frigate`, or one that opens Frigate's API port. */
const looksLikeIt = ({container}: FoundWorkload): boolean =>
  container !== null && (container.name === 'frigate' || hasApiPort(container));

/** Jobs and bare pods are not among the candidates, as neither can be restarted by its template. */
export const discover = (workloads: readonly FoundWorkload[], narrowed: LabelTest | null): Discovery => {
  const inSight = workloads.filter(
    (candidate) => !isFriend(candidate) && (narrowed === null || narrowed(candidate.podLabels)),
  );
  const byImage = inSight.filter(runsTheImage);
  // The image proves it and a label only says so: who merely carries the label is no rival to who runs the image.
  const candidates =
    byImage.length > 0
      ? byImage
      : inSight.filter((candidate) => (narrowed !== null || carriesAName(candidate)) && looksLikeIt(candidate));
  const [first, ...others] = candidates;
  if (first !== undefined)
    return others.length === 0 ? {found: 'one', candidate: first} : {found: 'several', candidates};
  const empty = inSight.find((candidate) => carriesAName(candidate) && candidate.container === null);
  return empty === undefined ? {found: 'none'} : {found: 'no-container', candidate: empty};
};
