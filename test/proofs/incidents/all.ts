/** Every incident, in the order of the collection. */
import {cameraIncidents} from './cameras.js';
import {detectorIncidents} from './detectors.js';
import {evidenceIncidents} from './evidence.js';
import type {Incident} from './incident.js';
import {kubernetesIncidents} from './kubernetes.js';
import {lastWordIncidents} from './last-words.js';
import {misreadIncidents} from './misread.js';
import {podIncidents} from './pods.js';
import {reportedIncidents} from './reported.js';
import {reportIncidents} from './reports.js';
import {shownStartIncidents} from './starts-shown.js';
import {storageIncidents} from './storage.js';
import {switchIncidents} from './switches.js';

export const incidents: readonly Incident[] = [
  ...detectorIncidents,
  ...evidenceIncidents,
  ...shownStartIncidents,
  ...reportIncidents,
  ...lastWordIncidents,
  ...reportedIncidents,
  ...podIncidents,
  ...misreadIncidents,
  ...cameraIncidents,
  ...storageIncidents,
  ...kubernetesIncidents,
  ...switchIncidents,
].sort((a, b) => Number.parseInt(a.row, 10) - Number.parseInt(b.row, 10));
