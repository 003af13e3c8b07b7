/** The whole page around a view: header, state of the connection, view. The server renders it once, the browser goes on with it. */
import type {ReactNode} from 'react';
import type {Instant} from '../../core/time.js';
import type {FrigateDetail, FrigateList} from '../schemas/types.js';
import {Detail} from './detail.js';
import {Overview, type Filter} from './overview.js';

/** What the server puts into the page and the browser begins with. */
export type PageData =
  | {readonly view: 'overview'; readonly now: Instant; readonly list: FrigateList; readonly silent: readonly string[]}
  | {
      readonly view: 'frigate';
      readonly now: Instant;
      readonly detail: FrigateDetail;
      readonly silent: readonly string[];
    }
  | {readonly view: 'missing'; readonly now: Instant};

export const NO_FILTER: Filter = {text: '', health: null};

export interface PageProps {
  readonly data: PageData;
  readonly now: Instant;
  /** What the browser adds: absent where no script runs. */
  readonly filter?: Filter;
  readonly onHealth?: (health: Filter['health']) => void;
  readonly controls?: ReactNode;
  readonly connection?: ReactNode;
  readonly tools?: ReactNode;
  readonly recover?: ReactNode;
}

const View = ({data, now, filter = NO_FILTER, onHealth, controls, recover}: PageProps): ReactNode => {
  switch (data.view) {
    case 'overview':
      return (
        <Overview
          list={data.list}
          now={now}
          silent={new Set(data.silent)}
          filter={filter}
          controls={controls}
          {...(onHealth === undefined ? {} : {onHealth})}
        />
      );
    case 'frigate':
      return (
        <Detail
          detail={data.detail}
          now={now}
          isSilent={data.detail.judgedAt !== null && data.silent.includes(data.detail.instanceId)}
          recover={recover}
        />
      );
    case 'missing':
      return (
        <main id="main">
          <nav aria-label="Breadcrumb">
            <a href="/">All Frigates</a>
          </nav>
          <h1>No such Frigate</h1>
          <p>It was not found by discovery, or this token may not see it.</p>
        </main>
      );
  }
};

const versionOf = (data: PageData): string | null => {
  if (data.view === 'missing') return null;
  return data.view === 'overview' ? data.list.version : data.detail.version;
};

export const Page = (props: PageProps): ReactNode => {
  const version = versionOf(props.data);
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header>
        <a className="brand" href="/">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 13h4l2.5-7 5 13 3-8 1.5 2h4" />
          </svg>
          Frigate health
        </a>
        <div className="tools">
          {props.connection}
          {props.tools}
        </div>
      </header>
      <View {...props} />
      <footer>{version === null ? 'frigate-health' : `frigate-health ${version}`}</footer>
    </>
  );
};
