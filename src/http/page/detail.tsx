/** One Frigate: what is wrong, what automatic repair does about it, and everything that it shows. */
import type {ReactNode} from 'react';
import type {Instant} from '../../core/time.js';
import type {FrigateDetail} from '../schemas/types.js';
import {Timeline} from './charts.js';
import {Ago, Card, HealthBadge, StatusBadge} from './parts.js';
import {Cameras, Detectors, PodCard, Storage} from './observed.js';
import {Problems, Repair} from './repair.js';
import {agoWords, healthWords, lasting} from './words.js';

export interface DetailProps {
  readonly detail: FrigateDetail;
  readonly now: Instant;
  readonly isSilent: boolean;
  /** The button with its dialogue; absent where no script runs or the caller may not. */
  readonly recover?: ReactNode;
}

const Restarts = ({restarts, now}: {readonly restarts: FrigateDetail['restarts']; readonly now: Instant}): ReactNode =>
  restarts.length === 0 ? (
    <p className="faint">None in the last 7 days.</p>
  ) : (
    <ul className="plain">
      {restarts.map((restart) => (
        <li key={restart.id} className="restart">
          <span className="line">
            <StatusBadge
              status={
                {helped: 'ok', 'did not help': 'critical', pending: 'info', abandoned: 'warning', unjudged: 'unknown'}[
                  restart.outcome
                ] as 'ok'
              }
              word={restart.outcome}
            />
            <Ago time={restart.at} now={now} />
            <span className="faint">
              {restart.who === 'automatic' ? 'automatic' : `by ${restart.who}`}, {restart.rule}
            </span>
          </span>
          <span className="reason">{restart.reason}</span>
        </li>
      ))}
    </ul>
  );

const IncidentCard = ({
  incident,
  now,
}: {
  readonly incident: NonNullable<FrigateDetail['incident']>;
  readonly now: Instant;
}): ReactNode => (
  <Card title="Incident" id="incident">
    <p>
      <StatusBadge status={incident.worst} /> {incident.summary}
    </p>
    <p className="faint">
      {incident.id}, for {lasting(incident.since, now)}
      {incident.quietSince !== null && `; nothing of it observed for ${lasting(incident.quietSince, now)}`}
    </p>
    {incident.faults.length > 1 && (
      <ul className="plain faults">
        {incident.faults.map((fault) => (
          <li key={fault.at + fault.summary}>
            <Ago time={fault.at} now={now} /> {fault.summary}
          </li>
        ))}
      </ul>
    )}
  </Card>
);

export const Detail = ({detail, now, isSilent, recover}: DetailProps): ReactNode => (
  <main id="main" className="detail">
    <nav aria-label="Breadcrumb">
      <a href="/">All Frigates</a>
    </nav>
    <div className="head">
      <h1>
        <span className="namespace">{detail.namespace}/</span>
        {detail.name}
      </h1>
      {recover}
    </div>
    <div className={`verdict ${detail.health}`}>
      <HealthBadge health={detail.health} />
      <p className="summary">{detail.summary}</p>
      <p className="faint">
        {healthWords[detail.health]} for {lasting(detail.since, now)}
        {detail.judgedAt === null ? '' : `, observed ${agoWords(detail.judgedAt, now)}`}
        {detail.frigateVersion === null ? '' : `, Frigate ${detail.frigateVersion}`}
      </p>
    </div>
    {(detail.stale || isSilent) && (
      <p className="banner warning">
        {isSilent
          ? 'This Frigate was not observed for over a minute: what stands here may be old.'
          : `Its source has not answered since (${detail.lastError ?? 'no reason known'}): it may be gone.`}
      </p>
    )}
    <div className="columns">
      <div className="main-column">
        <Problems problems={detail.problems} isJudged={detail.judgedAt !== null} />
        <Cameras cameras={detail.camerasInDetail} now={now} />
        <Card title="Last 24 hours" id="day">
          <Timeline changes={detail.timeline} now={now} />
          {detail.timeline.length > 0 && (
            <details>
              <summary>Changes of status</summary>
              <ul className="plain changes">
                {[...detail.timeline].reverse().map((change) => (
                  <li key={change.at + change.health}>
                    <HealthBadge health={change.health} /> <Ago time={change.at} now={now} /> {change.summary}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </Card>
        <div className="pair">
          <Storage storage={detail.storage} now={now} />
          <Detectors detectors={detail.detectors} />
        </div>
      </div>
      <div className="side-column">
        <Repair repair={detail.repair} />
        {detail.incident !== null && <IncidentCard incident={detail.incident} now={now} />}
        <Card title="Restarts" id="restarts">
          <Restarts restarts={detail.restarts} now={now} />
        </Card>
        <PodCard pod={detail.pod} url={detail.url} now={now} />
      </div>
    </div>
  </main>
);
