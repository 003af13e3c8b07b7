/** What the simulated cluster needs of the simulated Frigate. */
export type {Listening, Range, Run, FaultName, FaultState} from './frigate/fault.js';
export {faultNamed} from './frigate/faults/catalogue.js';
export {answer, backendAnswer, type HttpAnswer} from './frigate/http.js';
export {kubeletStamp, s6Stamp} from './frigate/lines.js';
export {logLines, printed} from './frigate/log.js';
export {hostOf, limitOf, memoryOf, memoryUse} from './frigate/memory.js';
export {containerCpuSeconds, processesAt, type Process} from './frigate/processes.js';
export {recordedUntil, segmentsBetween} from './frigate/recording.js';
export {containerEnd, ignoresTerm, listensOn, mediaError, mediaHangs, mediaIsReadOnly, startOf} from './frigate/run.js';
export {serveFrigate, type FrigateServer} from './frigate/server.js';
export {hashOf, plainHost, type FrigateVersion, type Host, type Site} from './frigate/site.js';
