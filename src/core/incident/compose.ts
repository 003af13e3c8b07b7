/**
 * The words of a notification, made when it is sent: what is wrong, why, what automatic repair did or will do, what to do next and
 * how to stop automatic restarts. It claims nothing that did not happen: what was done is read from the restart's own record (B-41).
 */
import {quoted} from '../checks/kubectl.js';
import {fixOfScript, type Step} from '../fix.js';
import {kindAndName, type WorkloadKind} from '../observation/workload.js';
import {mask, maskedLine, oneLine} from '../mask.js';
import type {Policy} from '../policy.js';
import type {AlertFinding, OutboxEntry, RestartPhase, RestartRecord, State} from '../state/state.js';
import {ago, humanDuration, milliseconds, rfc3339, since} from '../time.js';
import type {Duration, Instant} from '../time.js';
import {page} from './page.js';
import {subjectLine} from './subject.js';
import type {Line, Section} from './page.js';

export interface AlertContext {
  readonly namespace: string;
  /** `kind`: `null` while none was ever found. */
  readonly workload: {readonly kind: WorkloadKind | null; readonly name: string};
  /** The kubeconfig context that was used; `null` inside the cluster, which has no name there. */
  readonly cluster: string | null;
  /** This program's version. */
  readonly version: string;
  /** When it is sent, by the API server's clock: an entry may have waited. */
  readonly now: Instant;
  /** Where a Frigate outside Kubernetes answers; absent: a workload. */
  readonly outside?: string;
  readonly hints: {
    /** The CronJob that runs the passes; the commands that stop it are made with it. */
    readonly cronJob: string;
    readonly mode: Policy['mode'];
  };
}

export interface ComposedAlert {
  /** One line, at most 150 characters. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const LONGEST_LINE = 300;
/** Restarts named in one notification; older ones stand in the state. */
const MOST_RESTARTS = 6;
const MOST_FINDINGS = 8;
const MOST_EVIDENCE = 6;

/** Camera names and log lines are other people's text, and a mail leaves the cluster. */
const safe = (text: string): string => maskedLine(text, LONGEST_LINE);
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const say = (text: string): Line => ({text: oneLine(text, LONGEST_LINE * 2), command: false});
const type = (text: string): Line => ({text: oneLine(text, LONGEST_LINE * 2), command: true});
const utc = (at: Instant): string => rfc3339(at).replace('T', ' ').replace('Z', ' UTC');
const lasting = (length: Duration): string => humanDuration(length, ' ');

/** `2026-11-23 03:04:05 UTC (5m ago)`. */
const when = (at: Instant, now: Instant): string =>
  `${utc(at)} (${at <= now ? ago(since(at, now)) : `in ${humanDuration(milliseconds(at - now))}`})`;

/* ------------------------------------------------------------------ the subject */

export const severityOf = ({kind, findings, action, health}: OutboxEntry): 'critical' | 'warning' | 'resolved' => {
  if (kind === 'ended') return 'resolved';
  if (action === 'restart') return 'critical';
  return health !== 'starting' && findings.some(({status}) => status === 'critical') ? 'critical' : 'warning';
};

/** All that was wrong, by what came first: a person knows the incident by the notification that began it. */
export const whatWasWrong = ({incident: {faults, summary}}: OutboxEntry): string => {
  const [first, ...others] = faults;
  return first === undefined || others.length === 0
    ? (first?.summary ?? summary)
    : `${first.summary} and ${others.length} more`;
};

const subjectOf = (entry: OutboxEntry, {namespace, workload}: AlertContext): string =>
  subjectLine({
    tag: severityOf(entry),
    event: entry.kind,
    namespace,
    name: workload.name,
    fact: entry.kind === 'ended' ? whatWasWrong(entry) : entry.incident.summary,
    lasted: since(entry.incident.since, entry.at),
  });

/* ------------------------------------------------------------------ the sections */

const findingLines = (finding: AlertFinding): readonly Line[] => [
  say(`${finding.id} ${finding.status}: ${safe(finding.summary)}`),
  ...finding.evidence.slice(0, MOST_EVIDENCE).map((evidence) => say(`- ${safe(evidence)}`)),
];

const findingsOf = ({findings}: OutboxEntry): readonly Line[] => findings.slice(0, MOST_FINDINGS).flatMap(findingLines);

const progress: Readonly<Record<'began' | 'worse' | 'reminder', string>> = {
  began: '',
  worse: 'The incident got worse. ',
  reminder: 'The incident is not resolved. ',
};

/** What was over before anybody could be notified of it: reported with the next notification. */
const healedLines = ({incident, findings}: OutboxEntry, {memory: {exits = []}}: State): readonly Line[] =>
  findings.some(({id}) => id === 'FRG-203')
    ? []
    : exits
        .filter(({at}) => at < incident.since)
        .slice(-3)
        .map(({at, words}) => say(`Before that, healed by itself: the container ended ${utc(at)} (${safe(words)}).`));

const facts = (entry: OutboxEntry, state: State, {now}: AlertContext): Section => {
  const {incident, kind} = entry;
  if (kind !== 'ended')
    return {
      title: 'What is wrong',
      lines: [
        say(`${progress[kind]}${sentence(capitalised(safe(incident.summary)))}`),
        say(`Since ${when(incident.since, now)}. Health: ${entry.health}. Cause: ${incident.cause}.`),
        ...findingsOf(entry),
        ...healedLines(entry, state),
      ],
    };
  const faults = incident.faults.length > 0 ? incident.faults : [{at: incident.since, summary: incident.summary}];
  return {
    title: 'What was wrong',
    lines: [
      ...faults.map(({at, summary}) => say(`${utc(at)}: ${sentence(safe(summary))}`)),
      say(
        `Resolved ${when(entry.at, now)}, after ${lasting(since(incident.since, entry.at))}. Health: ${entry.health}. Cause: ${incident.cause}.`,
      ),
      ...(entry.findings.length > 0 ? [say('Other findings right now:')] : []),
      ...findingsOf(entry),
    ],
  };
};

/** What may be said of a restart in each phase; `intended` is a decision, not a deed. */
export const phaseWords: Readonly<Record<RestartPhase, string>> = {
  intended: 'a restart was decided; it is not known whether it was sent. The next pass finds out.',
  acted: 'Frigate was restarted. Whether it helped is not known yet.',
  helped: 'Frigate was restarted, and it helped.',
  'did-not-help': 'Frigate was restarted, and it did not help.',
  abandoned: 'a restart was decided, but it never reached the workload. It still counts toward the limits.',
  unjudged: 'a restart that this program did not observe; whether it helped is not known.',
};

/** That the same fault is there again takes nothing back of the restart that had ended it. */
const cameBack = ({cameBackAt = null}: RestartRecord, now: Instant): string =>
  cameBackAt === null ? '' : ` The same fault came back ${when(cameBackAt, now)}.`;

const restartLine = (restart: RestartRecord, now: Instant): Line => {
  const {at, phase, who, rule, cause, id} = restart;
  return say(
    `${when(at, now)}: ${phaseWords[phase]}${cameBack(restart, now)} (${safe(who)}, rule ${rule}, cause ${cause}, attempt ${safe(id)})`,
  );
};

export const nothingDone: Readonly<Record<OutboxEntry['action'], string>> = {
  none: 'No restart.',
  hold: 'No restart now.',
  alert: 'No restart: it would not help.',
  restart: 'A restart was decided, but the state has no record of it; it is not known whether it was carried out.',
};

export const ownRecord = ({attempt}: OutboxEntry, {restarts}: State): RestartRecord | undefined =>
  restarts.find(({id}) => id === attempt);

const breakerLines = ({breaker: {state, until, why}}: State, now: Instant): readonly Line[] =>
  state === 'closed'
    ? []
    : [
        say(
          `The breaker is ${state}${until === null ? '' : ` until ${when(until, now)}`}${why === null ? '.' : `: ${sentence(safe(why))}`}`,
        ),
      ];

/** As steps; an older version kept only the sentence. */
const unblockLines = ({unblock, liftedBy}: OutboxEntry): readonly Line[] => {
  const steps: readonly Step[] = unblock.length > 0 || liftedBy === null ? unblock : [{text: liftedBy}];
  const [first, ...others] = steps;
  if (first === undefined) return [];
  return 'command' in first
    ? [say('To unblock:'), ...steps.map(stepLine)]
    : [say(`To unblock: ${sentence(safe(first.text))}`), ...others.map(stepLine)];
};

const stepLine = (step: Step): Line =>
  'command' in step ? type(mask(step.command)) : say(sentence(capitalised(safe(step.text))));

/** Why automatic repair does what it does; of a breaker that closes by itself also how long that takes. */
const ruleLines = (entry: OutboxEntry, state: State, now: Instant): readonly Line[] => {
  const why = say(`Rule ${entry.rule}: ${sentence(safe(entry.reason))}`);
  if (entry.rule !== 'R-09' && entry.rule !== 'R-10') return [why, ...unblockLines(entry), ...breakerLines(state, now)];
  const {until} = state.breaker;
  return [why, ...(until === null ? unblockLines(entry) : [say(`To unblock: wait until ${when(until, now)}.`)])];
};

const repair = (entry: OutboxEntry, state: State, {now}: AlertContext): Section => {
  const own = ownRecord(entry, state);
  // A record is written under the pass that decided it, so the pass's own instant bounds what this notification may name.
  const earlier = state.restarts
    .filter((record) => record !== own && record.at >= entry.incident.since)
    .slice(-MOST_RESTARTS);
  const done = [...earlier, ...(own === undefined ? [] : [own])].map((record) => restartLine(record, now));
  const missing = entry.attempt !== null && own === undefined ? [say(nothingDone.restart)] : [];
  const nothing = done.length === 0 && missing.length === 0 ? [say(nothingDone[entry.action])] : [];
  return {
    title: 'Automatic repair',
    lines: [
      ...done,
      ...missing,
      ...nothing,
      ...(entry.kind === 'ended' ? breakerLines(state, now) : ruleLines(entry, state, now)),
    ],
  };
};

const fixLines = ({id, fix}: AlertFinding): readonly Line[] =>
  fixOfScript(fix ?? '').map((step) =>
    'command' in step ? type(mask(step.command)) : say(`${id}: ${mask(step.text)}`),
  );

/** Whether automatic repair is at it, or will be: then nobody is asked to restart, which the rules would refuse or repeat. */
const isRepairedAutomatically = ({cure}: AlertFinding, {action, rule}: OutboxEntry): boolean =>
  cure === 'restart' && (action === 'restart' || (action === 'hold' && rule !== 'R-11'));

/** The command that shows all findings as they are now; of a Frigate outside Kubernetes what it says itself. */
export const checkCommand = ({
  namespace,
  workload: {kind, name},
  outside,
}: Pick<AlertContext, 'namespace' | 'workload' | 'outside'>): string =>
  outside !== undefined
    ? `curl -s ${quoted(`${outside}/api/stats`)}`
    : `kubectl frigate-health check ${kind === null ? name : kindAndName({kind, name})} -n ${namespace}`;

const next = (entry: OutboxEntry, state: State, context: AlertContext): Section => {
  const check = type(checkCommand(context));
  if (entry.kind === 'ended') return {title: 'What to do next', lines: [say('Nothing. To check it yourself:'), check]};
  const found = entry.findings.slice(0, MOST_FINDINGS);
  const fixes = found.filter((finding) => !isRepairedAutomatically(finding, entry)).flatMap(fixLines);
  const wait = found.length > 0 && fixes.length === 0 ? [say(waiting(entry, state))] : [];
  return {title: 'What to do next', lines: [...wait, ...fixes, say('To see all findings as they are now:'), check]};
};

/** What a person is asked where no finding asks for anything. */
const waiting = (entry: OutboxEntry, state: State): string => {
  if (entry.action === 'hold') return 'Automatic repair waits. See above for what unblocks it.';
  if (entry.action !== 'restart') return 'Find the cause with the findings above.';
  return ownRecord(entry, state)?.phase === 'acted'
    ? 'Nothing for now: the next passes check whether the restart helped. You are notified if it did not.'
    : 'Nothing for now: the next pass finds out whether a restart is still needed.';
};

const stop = ({namespace, hints: {cronJob, mode}}: AlertContext): Section => {
  const setMode = (to: Policy['mode']): Line =>
    type(`kubectl -n ${namespace} set env cronjob/${cronJob} FRIGATE_HC_MODE=${to}`);
  return {
    title: 'How to stop automatic restarts',
    lines:
      mode === 'observe'
        ? [say('They are off (FRIGATE_HC_MODE=observe). To turn them on:'), setMode('active')]
        : [
            say('To keep notifications and stop restarts:'),
            setMode('observe'),
            say('To stop everything, notifications included:'),
            type(`kubectl -n ${namespace} patch cronjob/${cronJob} -p '{"spec":{"suspend":true}}'`),
          ],
  };
};

/** The notification of an outbox entry, from the state as it is when it is sent. Pure; bounded for any input; never throws. */
export const compose = (entry: OutboxEntry, state: State, context: AlertContext): ComposedAlert => {
  const {version, cluster, namespace, workload} = context;
  const sections = [
    facts(entry, state, context),
    repair(entry, state, context),
    next(entry, state, context),
    ...(context.outside === undefined ? [stop(context)] : []),
  ];
  const footer = [
    `frigate-health ${version}`,
    ...(cluster === null ? [] : [`context ${safe(cluster)}`]),
    `${namespace}/${safe(workload.name)}`,
    `notification ${safe(entry.key)}`,
  ].join(' · ');
  return {subject: subjectOf(entry, context), ...page(sections, footer)};
};
