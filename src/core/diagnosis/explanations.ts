/**
 * Which finding explains which (docs/how-it-decides.md, "Diagnosis"): a table of edges, read by `diagnose`.
 * An edge says: when `cause` is bad, a bad `consequence` is no second fault.
 */
import type {CheckId, Finding} from '../finding.js';

export interface Explanation {
  readonly cause: CheckId;
  readonly consequences: readonly CheckId[];
  /** `cameras`: only as far as the cause's cameras cover the consequence's; `all`: whatever they are. */
  readonly reach: 'all' | 'cameras';
  /** Narrows the edge to what the cause really shows; absent: always. */
  readonly when?: (cause: Finding, consequence: Finding) => boolean;
}

const ofFrigate: readonly CheckId[] = [
  'FRG-301',
  'FRG-302',
  'FRG-303',
  'FRG-304',
  'FRG-305',
  'FRG-306',
  'FRG-401',
  'FRG-402',
  'FRG-403',
  'FRG-404',
  'FRG-405',
  'FRG-501',
  'FRG-502',
  'FRG-503',
  'FRG-504',
  'FRG-601',
  'FRG-602',
  'FRG-701',
  'FRG-702',
  'FRG-703',
  'FRG-801',
  'FRG-802',
];
const ofRecording: readonly CheckId[] = ['FRG-601', 'FRG-602'];
const ofCameras: readonly CheckId[] = ['FRG-501', 'FRG-502', 'FRG-503', 'FRG-504'];
const critical = (cause: Finding): boolean => cause.status === 'critical';

/** In causal order: node → workload → API → processes → detector, camera, recording. */
export const explanations: readonly Explanation[] = [
  {
    cause: 'FRG-101',
    consequences: [
      'FRG-102',
      'FRG-104',
      'FRG-105',
      'FRG-151',
      'FRG-152',
      'FRG-201',
      'FRG-202',
      'FRG-203',
      'FRG-204',
      ...ofFrigate,
    ],
    reach: 'all',
  },
  {
    cause: 'FRG-151',
    consequences: ['FRG-152', 'FRG-202', 'FRG-203', 'FRG-204', 'FRG-205', ...ofFrigate],
    reach: 'all',
    when: critical,
  },
  {cause: 'FRG-152', consequences: ['FRG-202', 'FRG-204'], reach: 'all', when: critical},
  {cause: 'FRG-201', consequences: ['FRG-202', 'FRG-203', 'FRG-204', ...ofFrigate], reach: 'all', when: critical},
  {cause: 'FRG-202', consequences: ['FRG-203', 'FRG-204', ...ofFrigate], reach: 'all', when: critical},
  {cause: 'FRG-203', consequences: ['FRG-202', 'FRG-204', ...ofFrigate], reach: 'all', when: critical},
  // A memory limit that left terminated processes behind is cured by a restart, whatever the kubelet killed before.
  {
    cause: 'FRG-203',
    consequences: ['FRG-205'],
    reach: 'all',
    when: (cause, consequence) => critical(cause) && consequence.cure === 'none',
  },
  // A hung media mount freezes the stats and stops every segment; a restart would make a pod that cannot start (measured on 0.17.2).
  {
    cause: 'FRG-606',
    consequences: ['FRG-302', 'FRG-305', 'FRG-602', 'FRG-601', 'FRG-603', 'FRG-604', 'FRG-605'],
    reach: 'all',
    when: critical,
  },
  {cause: 'FRG-604', consequences: ofRecording, reach: 'all', when: critical},
  // A full cache has the same symptoms as failed cameras (measured on 0.17.2); a full recordings disk only like missing segments.
  {
    cause: 'FRG-603',
    consequences: [...ofRecording, ...ofCameras, 'FRG-305'],
    reach: 'all',
    when: (cause) => critical(cause) && (cause.cure === 'restart' || cause.object?.name === '/tmp/cache'),
  },
  {cause: 'FRG-603', consequences: [...ofRecording, 'FRG-605'], reach: 'all', when: critical},
  // Safe mode starts no camera and no configured detector (measured on 0.17.2).
  {
    cause: 'FRG-303',
    consequences: [
      'FRG-304',
      'FRG-305',
      'FRG-306',
      'FRG-401',
      'FRG-402',
      'FRG-403',
      ...ofCameras,
      ...ofRecording,
      'FRG-801',
      'FRG-802',
    ],
    reach: 'all',
    when: critical,
  },
  {cause: 'FRG-205', consequences: ['FRG-304', 'FRG-306', ...ofCameras, ...ofRecording], reach: 'all', when: critical},
  // The limit's own check reports more, and what to set; the host's memory is another matter.
  {
    cause: 'FRG-205',
    consequences: ['FRG-702'],
    reach: 'all',
    when: (_cause, consequence) => consequence.because?.kind === 'check' && consequence.because.id === 'FRG-205',
  },
  {
    cause: 'FRG-152',
    consequences: ['FRG-702'],
    reach: 'all',
    when: (_cause, consequence) => consequence.cause === 'node',
  },
  // Without CPU everything is slow (measured on 0.17.2). It is a warning, so what is critical beside it needs its own cause.
  {cause: 'FRG-701', consequences: ['FRG-401', 'FRG-403', 'FRG-405', 'FRG-502', 'FRG-602'], reach: 'all'},
  {cause: 'FRG-301', consequences: ofFrigate.filter((id) => id !== 'FRG-301'), reach: 'all', when: critical},
  // The thread that died is what froze the stats and stopped the recorder (measured on 0.17.2).
  {cause: 'FRG-605', consequences: ['FRG-302', 'FRG-304', 'FRG-305', ...ofRecording], reach: 'all', when: critical},
  // Frozen numbers prove nothing about detectors and cameras; the recorder waits for the same dead reader.
  {
    cause: 'FRG-302',
    consequences: ['FRG-305', 'FRG-401', 'FRG-402', 'FRG-403', ...ofCameras, ...ofRecording],
    reach: 'all',
    when: critical,
  },
  {
    cause: 'FRG-304',
    consequences: ['FRG-305', 'FRG-403', ...ofCameras, ...ofRecording],
    reach: 'cameras',
    when: critical,
  },
  {
    cause: 'FRG-304',
    consequences: ofRecording,
    reach: 'all',
    when: (cause) => critical(cause) && cause.cameras.length === 0,
  },
  {cause: 'FRG-305', consequences: ['FRG-502', ...ofRecording], reach: 'cameras'},
  {cause: 'FRG-402', consequences: ['FRG-401', 'FRG-405', 'FRG-502', 'FRG-602'], reach: 'all', when: critical},
  // One of several that is stuck is left alone because the others work; when nothing is detected any more, they do not.
  {
    cause: 'FRG-402',
    consequences: ['FRG-403'],
    reach: 'all',
    when: (cause, consequence) => critical(cause) && (cause.cure === 'restart' || consequence.cure === 'none'),
  },
  {
    cause: 'FRG-403',
    consequences: ['FRG-401', 'FRG-402', 'FRG-405', 'FRG-502', 'FRG-602'],
    reach: 'all',
    when: critical,
  },
  {cause: 'FRG-401', consequences: ['FRG-405', 'FRG-502', 'FRG-602'], reach: 'all', when: critical},
  {
    cause: 'FRG-404',
    consequences: ['FRG-401', 'FRG-402', 'FRG-403', 'FRG-502', 'FRG-602'],
    reach: 'all',
    when: critical,
  },
  {
    cause: 'FRG-801',
    consequences: ['FRG-504', 'FRG-501', 'FRG-503', 'FRG-502', ...ofRecording],
    reach: 'cameras',
    when: critical,
  },
  {cause: 'FRG-501', consequences: ['FRG-502', 'FRG-503', 'FRG-504', ...ofRecording], reach: 'cameras'},
  {cause: 'FRG-502', consequences: ['FRG-602'], reach: 'cameras'},
  {cause: 'FRG-601', consequences: ['FRG-602'], reach: 'cameras'},
];
