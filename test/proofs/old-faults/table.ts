/**
 * Every fault that was found in the old checker, by its id, and what shows that it cannot happen here: tests by file and a part of
 * their title, or in words why no test can.
 */

export interface Shown {
  readonly file: string;
  /** Part of the title (or of the table row that makes it), as it stands in the file. */
  readonly title: string;
}

export interface Fault {
  readonly id: string;
  /** What the old checker did. */
  readonly what: string;
  readonly by: readonly Shown[];
  /** Where no test can show it: why it cannot happen, or whose it is. */
  readonly because?: string;
}

const fault = (id: string, what: string, ...by: readonly string[]): Fault => ({
  id,
  what,
  by: by.map((place) => {
    const [file = '', title = ''] = place.split(' › ');
    return {file: `test/${file}.test.ts`, title};
  }),
});

const outside = (id: string, what: string, because: string): Fault => ({id, what, by: [], because});

const podChoice: readonly Fault[] = [
  fault(
    'B-01',
    'asked a ghost of a crashed node, because its name sorts first',
    'core/checks/target › B-01: a ghost',
    'proofs/old-faults/sequences › B-01:',
  ),
  fault(
    'B-02',
    'asked an evicted pod',
    'core/checks/target › B-02: an evicted pod',
    'proofs/old-faults/sequences › B-02:',
  ),
  fault(
    'B-03',
    'counted the failure of a terminating pod for its successor',
    'core/checks/target › B-03: a terminating pod',
    'core/decision/rules › a streak of another pod (B-03)',
  ),
  fault(
    'B-04',
    'restarted pods that wait for an image or a node',
    'core/checks/target › B-04: a Pending pod',
    'proofs/old-faults/sequences › B-04:',
  ),
  fault(
    'B-05',
    'named no container, so that a sidecar made it blind',
    'core/checks/target › B-05: a pod with sidecars',
    'proofs/old-faults/sequences › B-05: a sidecar',
  ),
  fault(
    'B-06',
    'took a 403 or 500 on the list of pods for no pod',
    'core/checks/target › B-06: pods that could not be listed',
    'core/decision/rules › pods that could not be listed (B-06)',
    'proofs/old-faults/sequences › B-06:',
  ),
  fault(
    'B-07',
    'restarted a workload that somebody had scaled to nothing',
    'core/checks/target › B-07: a workload scaled to 0',
    'proofs/old-faults/sequences › B-07:',
  ),
  fault(
    'B-08',
    'took any pod with the label',
    'core/checks/target › B-08: two living pods',
    'proofs/old-faults/sequences › B-08: a helper pod',
  ),
  fault(
    'B-09',
    'took the age of any container, or of the pod',
    'core/checks/target › B-09: the age is that of Frigate',
  ),
];

const state: readonly Fault[] = [
  fault(
    'B-10',
    'had its memory put back by GitOps every ten minutes',
    'pass/run-pass › B-10:',
    'core/checks/cluster › FRG-104',
    'pass/run-pass › B-10: an old document that is put back',
  ),
  fault(
    'B-11',
    'wrote over a history that it could not read',
    'pass/run-pass › B-11:',
    'core/decision/rules › an unreadable state (B-11)',
  ),
  fault(
    'B-12',
    'restarted again and again when its memory could not be written',
    'pass/run-pass › B-12:',
    'process/stalls › a state that cannot be written',
  ),
  fault(
    'B-12b',
    'was run again by its Job after a lost answer',
    'pass/run-pass › B-12b:',
    'process/passes › B-12b:',
    'usecases/install/manifests › run one pass at a time, never twice',
  ),
  fault(
    'B-13',
    'did nothing for ever without its ConfigMap, with exit 0',
    'pass/run-pass › B-13: a missing',
    'pass/run-pass › B-13: a state that may not',
  ),
  fault(
    'B-14',
    'restarted three times when three ran at once',
    'pass/run-pass › B-14: three passes',
    'process/passes › B-14: three at the same time',
    'contract/kubernetes › describeCluster(simulatorStage())',
  ),
  fault(
    'B-15',
    'forgot a restart when it was killed right after',
    'pass/run-pass › B-15:',
    'process/signals › during the restart lets it be recorded',
  ),
  fault(
    'B-16',
    'counted a failure of last month as the first of two',
    'core/decision/rules › a first look too long ago (B-16)',
    'core/decision/rules › a second look too soon after the first',
    'core/state/codec › fill the breaker and nothing else (B-16)',
  ),
  fault(
    'B-17',
    'ended before its check on a bad value in its memory',
    'pass/run-pass › B-17:',
    'process/passes › B-17: lives with a corrupt state',
    'core/state/codec › (B-17',
  ),
  fault(
    'B-18',
    'kept its breaker open for months after a clock jumped',
    'pass/run-pass › B-18: restarts in the future',
    'core/decision/outcome › puts nothing remembered into the future',
  ),
  fault(
    'B-19',
    'dropped or took senseless values without a word',
    'core/state/codec › keep a stamp with a fraction (B-19)',
    'settings/load › refuses what is out of range',
  ),
];

const decision: readonly Fault[] = [
  fault(
    'B-20',
    'took a 403 on the node for NotReady, and said nothing for 34 days',
    'core/checks/node › which is not NotReady (B-20)',
    'core/decision/rules › a node that could not be read (B-20)',
    'proofs/old-faults/sequences › B-20:',
  ),
  fault(
    'B-21',
    'looked at no node where the pod had none yet',
    'proofs/old-faults/sequences › B-21: a replacement without a node',
  ),
  fault(
    'B-22',
    'restarted on a node that would not take the pod again',
    'core/decision/rules › a cordoned node (B-22)',
    'proofs/old-faults/sequences › B-22: a sick pod',
  ),
  fault(
    'B-23',
    'restarted twice an hour for ever what a restart does not cure',
    'proofs/old-faults/sequences › B-23: three of seven cameras',
    'proofs/old-faults/sequences › B-23, B-45',
    'core/decision/outcome › waits twice as long after each restart',
  ),
  fault(
    'B-24',
    'patched into a rollout under way, and into a paused one',
    'core/decision/rules › a rollout under way (B-24)',
    'proofs/old-faults/sequences › B-24: a paused rollout',
  ),
  fault(
    'B-25',
    'disagreed with its own runbook about a value at the limit',
    'core/checks/detectors › is ok at exactly the limit',
    'core/checks/cameras › is ok at exactly 0.3 of the configured rate',
  ),
];

const reading: readonly Fault[] = [
  fault('B-26', "took Python's notation for statistics", 'frigate/stats › Python'),
  fault(
    'B-27',
    'knew no detector but one called coral',
    'proofs/old-faults/reading › B-27: a detector called',
    'proofs/old-faults/reading › B-27: no detector at all',
  ),
  fault(
    'B-28',
    'took a stuck detector and frozen statistics for well',
    'proofs/old-faults/sequences › B-28:',
    'core/checks/detectors › is critical when one inference has run over 10 s',
    'recordings/decisions › recorded faults, decided',
  ),
  fault(
    'B-28b',
    'took NaN for well',
    'frigate/stats › a literal NaN',
    'core/checks/detectors › is unknown for an inference of hours',
  ),
  fault(
    'B-29',
    'took any JSON for statistics',
    'frigate/stats › a JSON string',
    'frigate/open › JSON of the wrong shape',
    'frigate/open › a login (401)',
  ),
  fault(
    'B-30',
    'took a log that it could not read for a clean one, and the whole of it into memory',
    'core/decision/rules › a log that could not be read (B-30)',
    'process/passes › B-30: reads a log of 200 MB',
  ),
  fault(
    'B-31',
    'counted one burst in the log as two failures',
    'proofs/old-faults/reading › B-31: one burst',
    'proofs/old-faults/reading › B-31: a new burst',
    'core/decision/rules › the same snapshot again (B-31)',
  ),
  fault(
    'B-32',
    'took no cameras for well, and disabled ones for dead',
    'proofs/old-faults/sequences › B-32:',
    'proofs/old-faults/sequences › B-32: safe mode',
    'core/checks/cameras › does not count a disabled camera',
    'core/checks/cameras › is critical for one camera under it',
  ),
];

const limits: readonly Fault[] = [
  fault(
    'B-33',
    'waited for ever on an exec that says nothing',
    'process/stalls › B-33: a proxy',
    'process/stalls › B-33: an exec',
  ),
  fault('B-34', 'waited for ever on an API server that says nothing', 'process/stalls › B-34:'),
  fault('B-35', 'waited for ever on a mail server that says nothing', 'process/stalls › B-35:', 'notify/smtp › (B-35)'),
  fault(
    'B-36',
    'was never started again after it hung',
    'usecases/install/manifests › run one pass at a time, never twice, and end it before the next',
    'core/checks/cluster › longer than 3 intervals',
  ),
  fault(
    'B-37',
    'threw a whole answer away for a missing CLOSE',
    'kubernetes/pods › torn without a CLOSE (B-37)',
    'process/stalls › B-37:',
  ),
  fault(
    'B-38',
    'called everything that fails "API unresponsive"',
    'frigate/transport › says that there is no curl',
    'frigate/transport › takes exit code',
    'frigate/open › keeps the reason why a path failed',
  ),
  fault(
    'B-39',
    'ended with 0 whatever happened',
    'pass/run-pass › does its duty whatever the health of Frigate, and says when it could not',
    'process/output › is one JSON document for check and JSON lines for run-cron when',
  ),
];

const alerts: readonly Fault[] = [
  fault(
    'B-40',
    'marked an alert as sent that was not',
    'pass/run-pass › B-40:',
    'proofs/old-faults/sequences › B-40, B-42',
    'core/incident/incident › until they are delivered (B-40)',
  ),
  fault(
    'B-41',
    'told of restarts that were refused',
    'pass/run-pass › B-41:',
    'core/incident/compose › without a record of it (B-41)',
  ),
  fault(
    'B-42',
    'ended on a refused mail connection, and lost the alert',
    'proofs/old-faults/sequences › B-40, B-42',
    'notify/smtp › whatever a camera is called (B-42)',
  ),
  fault(
    'B-43',
    'mailed each time that a fault came back',
    'core/incident/incident › take flapping for one incident (B-43)',
    'core/incident/incident › end only by healthy passes with the same observability',
  ),
  fault(
    'B-44',
    'said nothing about a crash loop, because it was always starting',
    'core/incident/incident › start-up grace (B-44)',
    'proofs/old-faults/sequences › B-44: a crash loop',
  ),
  fault(
    'B-45',
    'said nothing while its breaker was open',
    'core/incident/incident › a breaker that opens (B-45)',
    'proofs/old-faults/sequences › B-23, B-45',
  ),
  fault(
    'B-46',
    'mailed neither numbers nor next steps nor the end',
    'core/incident/compose › say what is wrong, what automatic repair does, what to do next and how to stop it',
    'core/incident/incident › tell the end once it was quiet',
  ),
  fault(
    'B-47',
    'logged alerts as sent from a field that nothing set',
    'process/stalls › B-35:',
    'proofs/old-faults/sequences › B-40, B-42',
  ),
  fault(
    'B-48',
    'spoke implicit TLS only',
    'notify/smtp › is delivered over STARTTLS',
    'notify/smtp › with a private authority',
  ),
];

const commandLine: readonly Fault[] = [
  fault(
    'B-50',
    'made a pass and restarted for --help',
    'process/refusals › B-50:',
    'process/refusals › asks the cluster nothing and ends with 64',
  ),
  fault(
    'B-51',
    'ended on a list of cameras, and took values without sense',
    'process/refusals › B-51:',
    'settings/load › takes lists as JSON and with commas',
    'settings/load › refuses what is out of range',
  ),
  fault('B-52', 'logged no traceback where it said so', 'cli/errors › with a stack only when it is asked for'),
  fault(
    'B-53',
    'logged pieces of answers and whole headers',
    'process/output › is one JSON document for check and JSON lines for run-cron when',
    'cli/errors › has no secret in it',
  ),
  fault('B-54', 'acted on whatever cluster was selected', 'process/output › B-54: acts on no cluster'),
];

const security: readonly Fault[] = [
  fault(
    'B-55',
    'held the right to exec into every pod of the namespace',
    'usecases/install/manifests › nothing on pods but to read them where exec is not chosen',
  ),
  fault(
    'B-56',
    'held the right to change anything of any Deployment',
    'usecases/install/manifests › patch one workload by its name',
    'process/passes › and changes its own state and nothing but that',
  ),
  fault(
    'B-57',
    'took the mail password from the environment',
    'usecases/install/manifests › give the mail password as a file from a Secret',
  ),
  fault(
    'B-58',
    'gave untrusted text to a parser of Python',
    'frigate/stats › Python',
    'frigate/stats › whatever stands in a camera',
  ),
  fault(
    'B-59',
    'pasted names into programs and documents',
    'frigate/transport › asks without a shell',
    'core/incident/compose › escape HTML and mask secrets',
    'process/passes › whatever a camera is called',
  ),
];

const delivery: readonly Fault[] = [
  outside(
    'B-60',
    'was rolled back to its oldest build by image automation',
    'An image tag is chosen where it is deployed; releases here carry versions that sort, never bare hashes.',
  ),
  fault(
    'B-61',
    'did not run for 35 days, found by chance',
    'core/checks/cluster › it has not succeeded for longer than 3 intervals',
    'core/checks/cluster › it never succeeded in its life',
  ),
  fault(
    'B-62',
    'was changed in a manifest that nothing used',
    'usecases/install/manifests › holds the very objects that install prints',
    'usecases/install/manifests › is what the code makes: npm run deploy',
  ),
  fault(
    'B-63',
    'was described by documents of another program',
    'report/readme › has the tables of the code',
    'core/checks/docs › says what the catalogue says',
  ),
  fault(
    'B-64',
    'was tested against mocks of the Kubernetes API',
    'contract/kubernetes › describeCluster(simulatorStage())',
    'contract/frigate › describeFrigate(simulatedFrigates())',
  ),
  outside(
    'B-65',
    'could not be rolled out for 40 minutes because of somebody else’s immutable Job',
    'The manifests hold a CronJob and no Job: none of their objects is immutable.',
  ),
];

export const faults: readonly Fault[] = [
  ...podChoice,
  ...state,
  ...decision,
  ...reading,
  ...limits,
  ...alerts,
  ...commandLine,
  ...security,
  ...delivery,
];
