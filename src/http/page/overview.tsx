/** All Frigates: how many are how, and each with status, cause and since when. */
import type {ReactNode} from 'react';
import type {Instant} from '../../core/time.js';
import type {FrigateList, FrigateRow} from '../schemas/types.js';
import {HealthBadge} from './parts.js';
import {
  actionWords,
  cameraWords,
  count,
  HEALTHS,
  healthWords,
  hrefOf,
  lasting,
  worstFirst,
  type Health,
} from './words.js';

export interface Filter {
  readonly text: string;
  /** `null`: every status. */
  readonly health: Health | null;
}

export interface OverviewProps {
  readonly list: FrigateList;
  readonly now: Instant;
  readonly silent: ReadonlySet<string>;
  readonly filter: Filter;
  /** The fields to filter by; absent where no script runs. */
  readonly controls?: ReactNode;
  readonly onHealth?: (health: Health | null) => void;
}

const holds = (row: FrigateRow, {text, health}: Filter): boolean =>
  (health === null || row.health === health) &&
  (text === '' ||
    `${row.namespace}/${row.name} ${row.summary} ${row.cause ?? ''}`.toLowerCase().includes(text.toLowerCase()));

const Counts = ({list, filter, onHealth}: OverviewProps): ReactNode => {
  const counted = HEALTHS.map((health) => ({
    health,
    amount: list.frigates.filter((row) => row.health === health).length,
  })).filter(({amount}) => amount > 0);
  return (
    <ul className="counts" aria-label="Frigates by status">
      {counted.map(({health, amount}) => {
        const content = (
          <>
            <span className="amount">{amount}</span>
            <span className="word">{healthWords[health]}</span>
          </>
        );
        return (
          <li key={health} className={`count ${health}`}>
            {onHealth === undefined ? (
              <span className="face">{content}</span>
            ) : (
              <button
                type="button"
                className="face"
                aria-pressed={filter.health === health}
                onClick={() => onHealth(filter.health === health ? null : health)}
              >
                {content}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
};

const Row = ({
  row,
  now,
  isSilent,
}: {
  readonly row: FrigateRow;
  readonly now: Instant;
  readonly isSilent: boolean;
}): ReactNode => (
  <tr className={`row ${row.health}`}>
    <td className="status">
      <HealthBadge health={row.health} />
    </td>
    <th scope="row" className="name">
      <a href={hrefOf(row)}>
        <span className="namespace">{row.namespace}/</span>
        {row.name}
      </a>
      {row.stale && <span className="mark">not confirmed by discovery</span>}
      {isSilent && <span className="mark">no news for over a minute</span>}
    </th>
    <td className="what">
      <span className="summary">{row.summary}</span>
      {row.cause !== null && <span className="cause">{row.cause}</span>}
      {row.decision !== null && row.decision.action !== 'none' && (
        <span className="repair">
          Automatic repair: {actionWords(row.decision.action).toLowerCase()} ({row.decision.rule})
        </span>
      )}
    </td>
    <td className="cameras">
      <span className="label">Cameras </span>
      {cameraWords(row.cameras)}
    </td>
    <td className="since">
      <span className="label">For </span>
      <time dateTime={row.since} title={row.since}>
        {lasting(row.since, now)}
      </time>
    </td>
  </tr>
);

export const Overview = (props: OverviewProps): ReactNode => {
  const {list, now, silent, filter, controls} = props;
  const shown = list.frigates.filter((row) => holds(row, filter)).sort(worstFirst);
  return (
    <main id="main">
      <div className="head">
        <h1>{count(list.frigates.length, 'Frigate')}</h1>
        {controls}
      </div>
      <Counts {...props} />
      {list.fleetIncidents.map((incident) => (
        <section key={incident.id} className="banner critical" aria-label="Fleet incident">
          <strong>
            One cause for {count(incident.instances.length, 'Frigate')}: {incident.common}
          </strong>
          <span>
            {' '}
            ({incident.cause}, for {lasting(incident.since, now)}). Nothing is restarted for it.
          </span>
        </section>
      ))}
      {shown.length === 0 ? (
        <p className="empty">
          {list.frigates.length === 0
            ? 'No Frigate was found. Discovery searches for workloads with the label app.kubernetes.io/name=frigate or app=frigate.'
            : 'No Frigate fits this filter.'}
        </p>
      ) : (
        <table className="fleet">
          <caption className="hidden">Frigates, worst first</caption>
          <colgroup>
            <col className="status-column" />
            <col className="name-column" />
            <col />
            <col className="number-column" />
            <col className="number-column" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Frigate</th>
              <th scope="col">What is wrong</th>
              <th scope="col">Cameras live</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.instanceId} row={row} now={now} isSilent={silent.has(row.instanceId)} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
};
