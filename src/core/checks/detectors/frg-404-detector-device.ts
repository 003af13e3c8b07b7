/** FRG-404: is the detector's device present? */
import {run} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import type {ErrorKind, ErrorReport, Signature, Tally} from '../../observation/log.js';
import {defineCheck, type CheckContext} from '../check.js';
import {describeNode, frigateIn} from '../kubectl.js';
import {errorsOf, messageOf} from '../evidence/errors.js';
import {containerStart, tally} from '../evidence/facts.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {evidence, unobserved} from '../evidence/wording.js';
import {detectorsOf} from '../evidence/detector-history.js';

const signatures = ['detector-device-missing', 'detector-driver'] as const satisfies readonly Signature[];

export const detectorDevice = defineCheck('FRG-404', {
  category: 'detectors',
  cause: 'node',
  needs: ['FRG-202'],
  docs: {
    what: 'Log lines of this container that report a missing device or a driver that does not match ("No EdgeTPU was detected", HAILO_INVALID_DRIVER_VERSION, NVML, CUDA), errors of its driver that the detector itself writes, and impossible temperatures.',
    limits:
      'Critical when the log of this container has such a line and nothing is detected. While detection works, the line is info. A temperature below 0 °C is a warning while detection works, and critical when nothing is detected.',
    cure: 'None in general: the device, its driver or its cable must be repaired. A USB device may recover once; repeated restarts corrupt its state.',
    next: 'Unplug and plug in the device, read the kernel log of the node, compare the versions of driver and library.',
    source:
      'Frigate 0.17.2 frigate/detectors/plugins/edgetpu_tfl.py:71; the texts of libedgetpu (google-coral/edgetpu#741), HailoRT (frigate-hass-addons#215) and NVML (NVIDIA/nvidia-docker#1730).',
  },
  fix: ({observation}) => [
    run(`kubectl logs ${frigateIn(observation)} | grep -iE 'edgetpu|npu|hailo|nvml|cuda'`),
    describeNode(observation),
  ],
  judge: (context) => {
    const cold = detectorsOf(context).find(({temperature}) => temperature !== null && temperature < 0);
    const working = detects(newestSnapshot(context));
    if (cold !== undefined) {
      // A device without a link answers with all bits set: nothing is detected then, and a new process does not recover it.
      return {
        status: working ? 'warning' : 'critical',
        outage: !working,
        summary: `Detector ${cold.name} reports an impossible temperature: ${String(cold.temperature)} °C`,
        evidence: [evidence('temperature', cold.temperature, 0, '°C')],
      };
    }
    const {log} = context.observation;
    if (!log.known) return unobserved(log.why);
    const line = newestLine(context);
    if (line === null) return {status: 'ok', summary: 'No log line about a missing detector device'};
    return {
      status: working ? 'info' : 'critical',
      outage: !working,
      evidenceAt: line.last,
      evidence: [evidence('log', line.sample)],
      summary: working
        ? 'Detector device reported missing in the log, but detection works'
        : `Detector device missing, or its driver does not match${'kind' in line ? `: ${messageOf(line)}` : ''}`,
    };
  },
});

/** What a detector that hangs goes on to show per camera up to 0.16: each timeout counts as a run (measured on 0.16.4 and 0.14.1). */
const RUNS_OF_A_HUNG_ONE = 0.2;

/** Whether anything is really detected for any camera. */
const detects = (snapshot: Snapshot | null): boolean =>
  snapshot?.cameras.some(({detectionFps}) => (detectionFps ?? 0) > RUNS_OF_A_HUNG_ONE) === true;

/** Errors of a detector that name its device. */
const DEVICE_ERRORS: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['device', 'no-device']);

const newestLine = (context: CheckContext): Tally | ErrorReport | null => {
  const started = containerStart(context.observation);
  return (
    [
      ...signatures
        .flatMap((signature) => tally(context.observation, signature) ?? [])
        .filter(({last}) => started === null || last >= started),
      ...errorsOf(context.observation).filter(
        ({component, kind}) => component === 'detector' && DEVICE_ERRORS.has(kind),
      ),
    ].sort((a, b) => b.last - a.last)[0] ?? null
  );
};
