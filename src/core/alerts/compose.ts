/**
 * The words of an alert, made when it is sent: what was seen, why, by which rule, what was done, what to do next and how to
 * stop the automatic. It claims nothing that did not happen: what was done is read from the restart's own record (B-41).
 */
import {mask, maskedLine, oneLine} from '../mask.js';
import type {Policy} from '../policy.js';
import type {AlertFinding, OutboxEntry, RestartPhase, RestartRecord, State} from '../state/state.js';
import {humanDuration, rfc3339, since} from '../time.js';
import type {Instant} from '../time.js';
import {page} from './page.js';
import type {Line, Section} from './page.js';

export interface AlertContext {
  readonly namespace: string;
  /** `Deployment/frigate`. */
  readonly workload: string;
  /** The name of the context, or of the cluster. */
  readonly cluster: string;
  /** This program's version. */
  readonly version: string;
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

const LONGEST_SUBJECT = 150;
const LONGEST_LINE = 300;
/** Restarts told in one mail; older ones stand in the state. */
const MOST_RESTARTS = 6;
const MOST_FINDINGS = 8;
const MOST_EVIDENCE = 6;

/** Camera names and log lines are other people's text, and a mail leaves the house. */
const safe = (text: string): string => maskedLine(text, LONGEST_LINE);
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const say = (text: string): Line => ({text: oneLine(text, LONGEST_LINE * 2), command: false});
const type = (text: string): Line => ({text: oneLine(text, LONGEST_LINE * 2), command: true});
const utc = (at: Instant): string => rfc3339(at).replace('T', ' ').replace('Z', ' UTC');

const subjectOf = (entry: OutboxEntry, context: AlertContext): string => {
  const summary = safe(entry.incident.summary);
  const length = humanDuration(since(entry.incident.since, entry.at));
  const said: Readonly<Record<OutboxEntry['kind'], string>> = {
    began: summary,
    worse: `worse: ${summary}`,
    reminder: `still, since ${length}: ${summary}`,
    ended: `well again after ${length}: ${summary}`,
  };
  return oneLine(
    `Frigate ${context.namespace}/${context.workload.split('/').at(-1) ?? ''} on ${safe(context.cluster)}: ${said[entry.kind]}`,
    LONGEST_SUBJECT,
  );
};

const opening: Readonly<Record<OutboxEntry['kind'], string>> = {
  began: 'A new incident',
  worse: 'An incident got worse',
  reminder: 'An incident still stands',
  ended: 'An incident is over',
};

const findingLines = (finding: AlertFinding): readonly Line[] => [
  say(`${finding.id} ${finding.status}: ${safe(finding.summary)}`),
  ...finding.evidence.slice(0, MOST_EVIDENCE).map((evidence) => say(`  ${safe(evidence)}`)),
];

const seen = (entry: OutboxEntry): Section => ({
  title: entry.kind === 'ended' ? 'What had been seen' : 'What was seen',
  lines: [
    say(`${opening[entry.kind]}: ${sentence(safe(entry.incident.summary))}`),
    say(`It began ${utc(entry.incident.since)}; this was seen ${utc(entry.at)}. Health: ${entry.health}.`),
    ...(entry.kind === 'ended' && entry.findings.length > 0 ? [say('What is seen now, which is none of it:')] : []),
    ...entry.findings.slice(0, MOST_FINDINGS).flatMap(findingLines),
  ],
});

const why = (entry: OutboxEntry): Section => ({
  title: 'Why, and by which rule',
  lines: [
    say(`Cause: ${entry.incident.cause}.`),
    say(`Rule ${entry.rule}: ${sentence(safe(entry.reason))}`),
    ...(entry.liftedBy === null ? [] : [say(`What lifts it: ${sentence(safe(entry.liftedBy))}`)]),
  ],
});

/** What may be said of a restart in each phase; `intended` is a decision, not a deed. */
const phaseWords: Readonly<Record<RestartPhase, string>> = {
  intended: 'a restart was decided; it is not known whether it was sent. The next pass finds out.',
  acted: 'Frigate was restarted. Whether it helped is not known yet.',
  helped: 'Frigate was restarted, and it helped.',
  'did-not-help': 'Frigate was restarted, and it did not help.',
  abandoned: 'a restart was decided, but it never reached the workload. It stays counted.',
  unjudged: 'a restart that this program did not watch; whether it helped is not known.',
};

const restartLine = (record: RestartRecord): Line =>
  say(
    `${utc(record.at)}: ${phaseWords[record.phase]} (${safe(record.who)}, rule ${record.rule}, cause ${record.cause}, attempt ${safe(record.id)})`,
  );

const nothingDone: Readonly<Record<OutboxEntry['action'], string>> = {
  none: 'Nothing was restarted.',
  hold: 'Nothing was restarted: the rule above holds it.',
  alert: 'Nothing was restarted: a restart is not the cure.',
  restart:
    'A restart was decided, but no record of it stands in the state; it is not known whether it was carried out.',
};

const done = (entry: OutboxEntry, state: State): Section => {
  const own = state.restarts.find((record) => record.id === entry.attempt);
  // A record is written under the pass that decided it, so the pass's own instant bounds what this mail may tell of.
  const others = state.restarts
    .filter((record) => record !== own && record.at >= entry.incident.since)
    .slice(-MOST_RESTARTS);
  const lines = [...others, ...(own === undefined ? [] : [own])].map(restartLine);
  const missing = entry.attempt !== null && own === undefined ? [say(nothingDone.restart)] : [];
  const breaker =
    state.breaker.state === 'closed'
      ? []
      : [
          say(
            `The breaker is ${state.breaker.state}${state.breaker.until === null ? '' : ` until ${utc(state.breaker.until)}`}${state.breaker.why === null ? '' : `: ${sentence(safe(state.breaker.why))}`}`,
          ),
        ];
  return {
    title: 'What was done',
    lines:
      lines.length === 0 && missing.length === 0
        ? [say(nothingDone[entry.action]), ...breaker]
        : [...lines, ...missing, ...breaker],
  };
};

const startsLikeCommand = /^(kubectl|helm|flux|ping|curl|ssh|sudo|df|ls)\s/;

const fixesOf = (entry: OutboxEntry): readonly Line[] => {
  const fixes = entry.findings.slice(0, MOST_FINDINGS).flatMap(({id, fix}) =>
    (fix ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({id, line: mask(line)})),
  );
  return fixes.map(({id, line}) => (startsLikeCommand.test(line) ? type(line) : say(`${id}: ${line}`)));
};

const next = (entry: OutboxEntry, context: AlertContext): Section => {
  const look = `kubectl frigate-health check ${context.workload.toLowerCase()} -n ${context.namespace}`;
  return {
    title: 'What to do next',
    lines:
      entry.kind === 'ended'
        ? [say('Nothing. To look for yourself:'), type(look)]
        : [...fixesOf(entry), say('To see everything as it is now:'), type(look)],
  };
};

const stop = (context: AlertContext): Section => {
  const {cronJob, mode} = context.hints;
  const resume = `kubectl -n ${context.namespace} set env cronjob/${cronJob} FRIGATE_HC_MODE=active`;
  return {
    title: 'How to stop automatic restarts',
    lines:
      mode === 'observe'
        ? [say('They are off (FRIGATE_HC_MODE=observe). To turn them on:'), type(resume)]
        : [
            say('To go on being told, without restarts:'),
            type(`kubectl -n ${context.namespace} set env cronjob/${cronJob} FRIGATE_HC_MODE=observe`),
            say('To stop everything, alerts included:'),
            type(`kubectl -n ${context.namespace} patch cronjob/${cronJob} -p '{"spec":{"suspend":true}}'`),
          ],
  };
};

/** The mail for an outbox entry, from the state as it is when it is sent. Pure; bounded for any input; never throws. */
export const compose = (entry: OutboxEntry, state: State, context: AlertContext): ComposedAlert => {
  const sections = [seen(entry), why(entry), done(entry, state), next(entry, context), stop(context)];
  const footer = `frigate-health ${context.version} · cluster ${safe(context.cluster)} · ${context.namespace}/${safe(context.workload)} · alert ${safe(entry.key)}`;
  return {subject: subjectOf(entry, context), ...page(sections, footer)};
};
