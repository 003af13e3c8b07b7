/** Every check, in the order of the report; id, title and the worst that it may say stand in check-table.ts. */
import {CHECK_IDS, type CheckId} from '../check-table.js';
import type {Check} from './check.js';
import {apiServerAnswers} from './cluster/frg-101-api-server-answers.js';
import {permissions} from './cluster/frg-102-permissions.js';
import {clocksAgree} from './cluster/frg-103-clocks-agree.js';
import {stateSound} from './cluster/frg-104-state-sound.js';
import {monitoredAutomatically} from './cluster/frg-105-monitored-automatically.js';
import {nodeReady} from './node/frg-151-node-ready.js';
import {nodeSchedulable} from './node/frg-152-node-schedulable.js';
import {workloadFound} from './workload/frg-201-workload-found.js';
import {podRunning} from './workload/frg-202-pod-running.js';
import {containerStaysUp} from './workload/frg-203-container-stays-up.js';
import {rolloutComplete} from './workload/frg-204-rollout-settled.js';
import {memoryLimit} from './workload/frg-205-memory-limit.js';
import {sharedMemory} from './workload/frg-206-shared-memory.js';
import {probesAndStrategy} from './workload/frg-207-probes-and-strategy.js';
import {apiResponsive} from './frigate/frg-301-api-responsive.js';
import {statisticsFresh} from './frigate/frg-302-stats-fresh.js';
import {notInSafeMode} from './frigate/frg-303-not-in-safe-mode.js';
import {processesRunning} from './frigate/frg-304-processes-running.js';
import {plausibleStatistics} from './frigate/frg-305-work-done.js';
import {enrichmentsRunning} from './frigate/frg-306-enrichments-running.js';
import {inferenceSpeed} from './detectors/frg-401-inference-speed.js';
import {detectorNotStuck} from './detectors/frg-402-detector-not-stuck.js';
import {detectorNotSilent} from './detectors/frg-403-detector-not-silent.js';
import {detectorDevice} from './detectors/frg-404-detector-device.js';
import {detectorHeadroom} from './detectors/frg-405-detector-headroom.js';
import {framesDelivered} from './cameras/frg-501-frames-delivered.js';
import {framesProcessed} from './cameras/frg-502-frames-processed.js';
import {ffmpegStable} from './cameras/frg-503-ffmpeg-steady.js';
import {streamSource} from './cameras/frg-504-stream-source.js';
import {recordingsWritten} from './recording/frg-601-recordings-written.js';
import {recordingBacklog} from './recording/frg-602-recording-backlog.js';
import {freeSpace} from './recording/frg-603-storage-space.js';
import {mountUnchanged} from './recording/frg-604-mount-unchanged.js';
import {database} from './recording/frg-605-database.js';
import {mountResponds} from './recording/frg-606-mount-responds.js';
import {nothingSwitchedOff} from './recording/frg-607-nothing-switched-off.js';
import {cpuUse} from './resources/frg-701-cpu-use.js';
import {memoryUse} from './resources/frg-702-memory-use.js';
import {gpuUse} from './resources/frg-703-gpu-use.js';
import {go2rtcResponds} from './services/frg-801-go2rtc-answers.js';
import {mqtt} from './services/frg-802-mqtt.js';
import {alertChannel} from './alerts/frg-901-alert-channel.js';

/** The compiler sees that no check of the table is missing, and that each stands under its own id. */
const checks: {readonly [Id in CheckId]: Check<Id>} = {
  'FRG-101': apiServerAnswers,
  'FRG-102': permissions,
  'FRG-103': clocksAgree,
  'FRG-104': stateSound,
  'FRG-105': monitoredAutomatically,
  'FRG-151': nodeReady,
  'FRG-152': nodeSchedulable,
  'FRG-201': workloadFound,
  'FRG-202': podRunning,
  'FRG-203': containerStaysUp,
  'FRG-204': rolloutComplete,
  'FRG-205': memoryLimit,
  'FRG-206': sharedMemory,
  'FRG-207': probesAndStrategy,
  'FRG-301': apiResponsive,
  'FRG-302': statisticsFresh,
  'FRG-303': notInSafeMode,
  'FRG-304': processesRunning,
  'FRG-305': plausibleStatistics,
  'FRG-306': enrichmentsRunning,
  'FRG-401': inferenceSpeed,
  'FRG-402': detectorNotStuck,
  'FRG-403': detectorNotSilent,
  'FRG-404': detectorDevice,
  'FRG-405': detectorHeadroom,
  'FRG-501': framesDelivered,
  'FRG-502': framesProcessed,
  'FRG-503': ffmpegStable,
  'FRG-504': streamSource,
  'FRG-601': recordingsWritten,
  'FRG-602': recordingBacklog,
  'FRG-603': freeSpace,
  'FRG-604': mountUnchanged,
  'FRG-605': database,
  'FRG-606': mountResponds,
  'FRG-607': nothingSwitchedOff,
  'FRG-701': cpuUse,
  'FRG-702': memoryUse,
  'FRG-703': gpuUse,
  'FRG-801': go2rtcResponds,
  'FRG-802': mqtt,
  'FRG-901': alertChannel,
};

export const catalogue: readonly Check[] = CHECK_IDS.map((id) => checks[id]);

/** The check of this id. */
export const checkOf = (id: CheckId): Check => checks[id];
