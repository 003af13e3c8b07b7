/** What is wrong with its evidence and steps, and what automatic repair would do by which rule. */
import type {ReactNode} from 'react';
import {evidenceInWords} from '../../report/words.js';
import type {FrigateDetail} from '../schemas/types.js';
import {Bar} from './charts.js';
import {Card, StatusBadge, Steps} from './parts.js';
import {actionWords} from './words.js';

/** Their reason is the state of the breaker itself. */
const SAYS_WHY: ReadonlySet<string> = new Set(['R-09', 'R-10']);

type Problem = FrigateDetail['problems'][number];

const ProblemView = ({problem}: {readonly problem: Problem}): ReactNode => (
  <li className={`problem ${problem.status}`}>
    <h3>
      <StatusBadge status={problem.status} />
      {problem.summary}
    </h3>
    <p className="faint">
      <a href={problem.docs} rel="noreferrer">
        {problem.id}
      </a>{' '}
      {problem.title}
      {problem.because !== null && `; ${problem.because}`}
      {problem.explains.length > 0 && `; explains ${problem.explains.join(', ')}`}
    </p>
    {problem.evidence.length > 0 && (
      <ul className="evidence" aria-label="Evidence">
        {problem.evidence.map((evidence, index) => (
          <li key={index}>{evidenceInWords(evidence)}</li>
        ))}
      </ul>
    )}
    <Steps steps={problem.steps} label="What to do" />
  </li>
);

export const Problems = ({
  problems,
  isJudged,
}: {
  readonly problems: readonly Problem[];
  readonly isJudged: boolean;
}): ReactNode => {
  const primary = problems.filter((problem) => problem.primary);
  const others = problems.filter((problem) => !problem.primary);
  const list = (shown: readonly Problem[]): ReactNode => (
    <ul className="plain problems">
      {shown.map((problem) => (
        <ProblemView key={problem.id} problem={problem} />
      ))}
    </ul>
  );
  return (
    <Card title="What is wrong" id="wrong">
      {primary.length > 0 ? (
        list(primary)
      ) : (
        <p className="calm">{isJudged ? 'Nothing is wrong.' : 'It has not been observed yet.'}</p>
      )}
      {others.length > 0 && (
        <details>
          <summary>{others.length} more: consequences, and what could not be observed</summary>
          {list(others)}
        </details>
      )}
    </Card>
  );
};

export const Repair = ({repair}: {readonly repair: FrigateDetail['repair']}): ReactNode => {
  if (repair === null)
    return (
      <Card title="Automatic repair" id="repair">
        <p className="faint">Decides when it has been observed.</p>
      </Card>
    );
  const {breaker, failures} = repair;
  const sentence = repair.reason.charAt(0).toUpperCase() + repair.reason.slice(1);
  return (
    <Card title="Automatic repair" id="repair" className={`repair-card ${repair.action}`}>
      <p className="action">{actionWords(repair.action)}</p>
      <p>
        {sentence}.{' '}
        <span className="rule">
          Rule {repair.rule} {repair.ruleTitle}
        </span>
      </p>
      {repair.unblock.length > 0 && (
        <>
          <h3 className="quiet">To unblock</h3>
          <Steps steps={repair.unblock} label="To unblock" />
        </>
      )}
      <dl className="facts">
        <dt>Restarts in an hour</dt>
        <dd>
          <Bar
            share={breaker.limit === 0 ? 1 : breaker.used / breaker.limit}
            label={`${breaker.used} of ${breaker.limit}`}
            tone={breaker.used >= breaker.limit ? 'critical' : 'ok'}
          />
          {breaker.used} of {breaker.limit}
        </dd>
        <dt>In 24 hours</dt>
        <dd>
          {breaker.usedToday} of {breaker.limitPerDay}
        </dd>
        <dt>Breaker</dt>
        <dd>
          {breaker.state}
          {breaker.why !== null && !SAYS_WHY.has(repair.rule) && ` (${breaker.why})`}
        </dd>
        <dt>Failures in a row</dt>
        <dd>
          {failures.count} ({failures.needed} required for a restart)
        </dd>
      </dl>
    </Card>
  );
};
