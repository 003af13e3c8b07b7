/** Which of the listed workloads is Frigate: labels, then image, then name; exactly one, or it says so. */
import type {FoundFrigate} from '../cluster.js';
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
const resemblesFrigate = ({container}: FoundWorkload): boolean =>
  container !== null && (container.name === 'frigate' || hasApiPort(container));

/** On the workload itself, with the value `true`: `serve` leaves it out. */
const IGNORE = 'frigate-health.io/ignore';

/** A Frigate among any number of others; `null`: it is none, or wants to be left out. Here too the image proves it. */
export const asFrigate = (candidate: FoundWorkload, narrowed: LabelTest | null): FoundFrigate | null => {
  const {kind, namespace, name, uid, podLabels, annotations} = candidate;
  if (isFriend(candidate) || annotations[IGNORE] === 'true') return null;
  if (narrowed !== null && !narrowed(podLabels)) return null;
  const labelled =
    narrowed !== null || podLabels['app.kubernetes.io/name'] === 'frigate' || podLabels['app'] === 'frigate';
  if (!runsTheImage(candidate) && !(labelled && resemblesFrigate(candidate))) return null;
  return {kind, namespace, name, uid, by: labelled ? 'labels' : 'image'};
};

/** Jobs and bare pods are not among the candidates, as neither can be restarted by its template. */
export const discover = (workloads: readonly FoundWorkload[], narrowed: LabelTest | null): Discovery => {
  const eligible = workloads.filter(
    (candidate) => !isFriend(candidate) && (narrowed === null || narrowed(candidate.podLabels)),
  );
  const byImage = eligible.filter(runsTheImage);
  // The image is proof and a label is only a claim: a workload with the image wins over workloads with only the label.
  const candidates =
    byImage.length > 0
      ? byImage
      : eligible.filter((candidate) => (narrowed !== null || carriesAName(candidate)) && resemblesFrigate(candidate));
  const [first, ...others] = candidates;
  if (first !== undefined)
    return others.length === 0 ? {found: 'one', candidate: first} : {found: 'several', candidates};
  const empty = eligible.find((candidate) => carriesAName(candidate) && candidate.container === null);
  return empty === undefined ? {found: 'none'} : {found: 'no-container', candidate: empty};
};
