/** The page in the browser: the server's data, kept up to date. */
import {useEffect, useRef, useState, type ReactNode} from 'react';
import {humanDuration, instant, milliseconds} from '../../../core/time.js';
import {NO_FILTER, Page, type PageData} from '../page.js';
import type {Filter} from '../overview.js';
import {getDetail, getList} from './api.js';
import {listen, type Connection, type LiveEvent} from './live.js';
import {Recover} from './recover.js';
import {ThemeButton} from './theme.js';

const SECOND = 1000;
/** The numbers of one Frigate change each 15 s without an event. */
const DETAIL_AGAIN = 15_000;
/** With more Frigates than this a list is searched, not read. */
const SEARCHED = 8;

type Overview = Extract<PageData, {view: 'overview'}>;

/** A list with one event more. */
const changedList = (data: Overview, {event, data: said}: LiveEvent): Overview => {
  const {list} = data;
  switch (event) {
    case 'frigate':
      return {
        ...data,
        list: {...list, frigates: [...list.frigates.filter((row) => row.instanceId !== said.instanceId), said]},
      };
    case 'removed':
      return {...data, list: {...list, frigates: list.frigates.filter((row) => row.instanceId !== said.instanceId)}};
    case 'incidents':
      return {...data, list: {...list, fleetIncidents: [...said]}};
    case 'tick':
      return {...data, silent: said.silent};
    case 'resync':
      return data;
  }
};

const eventIdOf = (data: PageData): string | null => {
  if (data.view === 'missing') return null;
  return data.view === 'overview' ? data.list.eventId : data.detail.eventId;
};

const titleOf = (data: PageData): string => {
  if (data.view === 'frigate') return `${data.detail.namespace}/${data.detail.name}: ${data.detail.health}`;
  if (data.view === 'missing') return 'No such Frigate';
  const failing = data.list.frigates.filter(({health}) => health !== 'healthy' && health !== 'paused').length;
  return failing === 0 ? 'Frigate health' : `(${failing}) Frigate health`;
};

const ConnectionState = ({
  connection,
  now,
}: {
  readonly connection: Connection | null;
  readonly now: number;
}): ReactNode => {
  if (connection === null) return <span className="connection">Connecting</span>;
  switch (connection.kind) {
    case 'live':
      return <span className="connection live">Live</span>;
    case 'lost':
      return (
        <span className="connection lost" role="status">
          Connection lost {humanDuration(milliseconds(Math.max(SECOND, now - connection.since)))} ago
        </span>
      );
    case 'refused':
      return (
        <span className="connection lost" role="alert">
          {connection.title}. <a href="">Sign in again</a>
        </span>
      );
  }
};

const FilterControls = ({
  filter,
  onFilter,
}: {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}): ReactNode => (
  <label className="search">
    <span className="hidden">Search by name, cause or text</span>
    <input
      type="search"
      placeholder="Search"
      value={filter.text}
      onChange={(event) => onFilter({...filter, text: event.currentTarget.value})}
    />
  </label>
);

export const App = ({initial}: {readonly initial: PageData}): ReactNode => {
  const [data, setData] = useState(initial);
  const [now, setNow] = useState<number>(initial.now);
  const [connection, setConnection] = useState<Connection | null>(null);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const isHydrated = connection !== null;
  /** The server's clock minus the browser's: ages are computed by the server's. */
  const offset = useRef(initial.now - Date.now());

  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now() + offset.current), SECOND);
    return () => clearInterval(ticking);
  }, []);

  useEffect(() => {
    document.title = titleOf(data);
  }, [data]);

  useEffect(() => {
    const readAgain = async (): Promise<void> => {
      if (initial.view === 'frigate') {
        const answer = await getDetail(initial.detail.namespace, initial.detail.name);
        if (answer.kind === 'refused') setConnection(answer);
        if (answer.kind === 'missing') setData({view: 'missing', now: initial.now});
        if (answer.kind === 'ok')
          setData((before) => (before.view === 'frigate' ? {...before, detail: answer.value} : before));
      } else if (initial.view === 'overview') {
        const answer = await getList();
        if (answer.kind === 'refused') setConnection(answer);
        if (answer.kind === 'ok')
          setData((before) => (before.view === 'overview' ? {...before, list: answer.value} : before));
      }
    };
    const isAboutThis = (event: LiveEvent): boolean =>
      initial.view === 'frigate' &&
      (event.event === 'frigate' || event.event === 'removed') &&
      event.data.instanceId === initial.detail.instanceId;
    const onEvent = (event: LiveEvent): void => {
      if (event.event === 'tick') offset.current = Date.parse(event.data.at) - Date.now();
      if (event.event === 'resync' || isAboutThis(event)) void readAgain();
      setData((before) => {
        if (before.view === 'overview') return changedList(before, event);
        return before.view === 'frigate' && event.event === 'tick' ? {...before, silent: event.data.silent} : before;
      });
    };
    void listen(eventIdOf(initial), onEvent, setConnection);
    if (initial.view !== 'frigate') return undefined;
    const reading = setInterval(() => {
      if (!document.hidden) void readAgain();
    }, DETAIL_AGAIN);
    return () => clearInterval(reading);
  }, [initial]);

  const isOld = connection !== null && connection.kind !== 'live';
  useEffect(() => {
    document.body.classList.toggle('old', isOld);
  }, [isOld]);

  return (
    <Page
      data={data}
      now={instant(now)}
      filter={filter}
      {...(isHydrated
        ? {
            onHealth: (health: Filter['health']) => setFilter({...filter, health}),
            tools: <ThemeButton />,
            connection: <ConnectionState connection={connection} now={Date.now()} />,
          }
        : {})}
      controls={
        isHydrated && data.view === 'overview' && data.list.frigates.length > SEARCHED ? (
          <FilterControls filter={filter} onFilter={setFilter} />
        ) : undefined
      }
      recover={
        isHydrated && data.view === 'frigate' && data.detail.may.recover ? <Recover detail={data.detail} /> : undefined
      }
    />
  );
};
