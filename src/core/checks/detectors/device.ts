/** FRG-404: is the detector's device there? */
import type {Signature, Tally} from '../../observation/log.js';
import type {Check, CheckContext} from '../check.js';
import {describeNode, frigateIn} from '../kubectl.js';
import {containerStart, tally} from '../facts.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, unseen} from '../wording.js';
import {detectorsOf, totalDetections} from './history.js';

const signatures = ['detector-device-missing', 'detector-driver'] as const satisfies readonly Signature[];

export const device: Check = {
  id: 'FRG-404',
  title: 'detector device present',
  category: 'detectors',
  cause: 'node',
  needs: ['FRG-202'],
  docs: {
    what: 'Lines of this container\'s log that say the device is gone or its driver does not fit ("No EdgeTPU was detected", HAILO_INVALID_DRIVER_VERSION, NVML, CUDA), and temperatures that cannot be.',
    limits:
      'Critical when such a line stands in the log of this container and nothing is detected. While detection works, the line is only told. A temperature below 0 °C is a warning while detection works, and critical when nothing is detected.',
    cure: 'None in general: the device, its driver or its cable has to be put right. A USB device may come back once; repeated restarts corrupt its state.',
    next: "Replug the device, look at the node's kernel log, compare driver and library versions.",
    source:
      'Frigate 0.17.2 frigate/detectors/plugins/edgetpu_tfl.py:71; the texts of libedgetpu (google-coral/edgetpu#741), HailoRT (frigate-hass-addons#215) and NVML (NVIDIA/nvidia-docker#1730).',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} | grep -iE 'edgetpu|npu|hailo|nvml|cuda'; ${describeNode(observation)}`,
  judge: (context) => {
    const cold = detectorsOf(context).find(({temperature}) => temperature !== null && temperature < 0);
    const working = (totalDetections(newestSnapshot(context)) ?? 0) > 0;
    if (cold !== undefined) {
      // A device whose link is gone answers with all bits set: nothing is detected then, and no new process gets it back.
      return {
        status: working ? 'warning' : 'critical',
        summary: `Detector ${cold.name} tells a temperature that cannot be`,
        evidence: [evidence('temperature', cold.temperature, 0, '°C')],
      };
    }
    const {log} = context.observation;
    if (!log.known) return unseen(log.why);
    const line = newestLine(context);
    if (line === null) return {status: 'ok', summary: 'No line about a missing detector device'};
    return {
      status: working ? 'info' : 'critical',
      evidenceAt: line.last,
      evidence: [evidence('log', line.sample)],
      summary: working
        ? "The log complained about the detector's device; detection works"
        : "The detector's device is missing or its driver does not fit",
    };
  },
};

const newestLine = (context: CheckContext): Tally | null => {
  const started = containerStart(context.observation);
  return (
    signatures
      .flatMap((signature) => tally(context.observation, signature) ?? [])
      .filter(({last}) => started === null || last >= started)
      .sort((a, b) => b.last - a.last)[0] ?? null
  );
};
