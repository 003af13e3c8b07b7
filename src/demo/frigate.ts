/** What the simulated cluster needs of the simulated Frigate. */
export type {Range, Run, FaultName, FaultState} from './frigate/fault.js';
export {faultNamed} from './frigate/faults/catalogue.js';
export {kubeletStamp, s6Stamp} from './frigate/lines.js';
export {logLines, printed} from './frigate/log.js';
export {recordedUntil, segmentsBetween} from './frigate/recording.js';
export {containerEnd, ignoresTerm, mediaHangs, mediaIsReadOnly} from './frigate/run.js';
export {serveFrigate, type FrigateServer} from './frigate/server.js';
export {hashOf, type FrigateVersion, type Site} from './frigate/site.js';
