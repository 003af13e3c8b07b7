/** What Frigate and Kubernetes show: cameras, detectors, storage, pod and node. */
import type {ReactNode} from 'react';
import type {Instant} from '../../core/time.js';
import type {FrigateDetail} from '../schemas/types.js';
import {Bar, Sparkline} from './charts.js';
import {Ago, Card, StatusBadge} from './parts.js';
import {lasting, number, sizeWords} from './words.js';

type Camera = FrigateDetail['camerasInDetail'][number];

const recordingWords = ({recording, newestSegment}: Camera, now: Instant): ReactNode => {
  if (recording === 'off') return 'off';
  if (newestSegment !== null) return <Ago time={newestSegment} now={now} />;
  return recording === 'motion' ? 'on motion' : 'not known';
};

const cameraWord = ({status}: Camera): string =>
  ({ok: 'live', skipped: 'off', critical: 'failing', warning: 'warning', info: 'info', unknown: 'unknown'})[status];

export const Cameras = ({cameras, now}: {readonly cameras: readonly Camera[]; readonly now: Instant}): ReactNode => (
  <Card title="Cameras" id="cameras">
    {cameras.length === 0 ? (
      <p className="faint">The cameras of Frigate could not be read.</p>
    ) : (
      <table className="cameras">
        <caption className="hidden">Cameras with frame rates of the last 20 minutes</caption>
        <thead>
          <tr>
            <th scope="col">Camera</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              fps
            </th>
            <th scope="col" className="number">
              Skipped
            </th>
            <th scope="col">Last 20 min</th>
            <th scope="col">Newest recording</th>
          </tr>
        </thead>
        <tbody>
          {cameras.map((camera) => (
            <tr key={camera.name} className={camera.status}>
              <th scope="row">
                <bdi>{camera.name}</bdi>
              </th>
              <td>
                <StatusBadge status={camera.status} word={cameraWord(camera)} />
              </td>
              <td className="number">
                {number(camera.fps)}
                {camera.configuredFps !== null && <span className="faint"> / {number(camera.configuredFps)}</span>}
              </td>
              <td className="number">{number(camera.skippedFps)}</td>
              <td className="graph">
                <Sparkline camera={camera} />
              </td>
              <td>{recordingWords(camera, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {cameras.length > 0 && (
      <p className="legend" aria-hidden="true">
        <span>frames per second</span>
        <span className="skipped">skipped</span>
        <span className="wanted">configured</span>
      </p>
    )}
  </Card>
);

export const Detectors = ({detectors}: {readonly detectors: FrigateDetail['detectors']}): ReactNode =>
  detectors.length === 0 ? null : (
    <Card title="Detectors" id="detectors">
      <ul className="plain">
        {detectors.map((detector) => (
          <li key={detector.name} className="line">
            <StatusBadge status={detector.status} />
            <bdi>{detector.name}</bdi>
            <span className="faint">
              {detector.type ?? 'type not known'}, {number(detector.inferenceMs)} ms
              {detector.busySeconds !== null && detector.busySeconds > 1 && `, busy for ${detector.busySeconds} s`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );

type MountView = FrigateDetail['storage'][number];

const forecastWords = ({forecast, fullAt}: MountView, now: Instant): string => {
  if (forecast === 'full') return 'full';
  if (forecast === 'full-in' && fullAt !== null)
    return `full in ${lasting(new Date(now).toISOString(), Date.parse(fullAt) as Instant)}`;
  return forecast === 'steady' ? 'steady' : '';
};

const toneOf = ({forecast}: MountView): 'ok' | 'warning' | 'critical' => {
  if (forecast === 'full') return 'critical';
  return forecast === 'full-in' ? 'warning' : 'ok';
};

export const Storage = ({
  storage,
  now,
}: {
  readonly storage: FrigateDetail['storage'];
  readonly now: Instant;
}): ReactNode =>
  storage.length === 0 ? null : (
    <Card title="Storage" id="storage">
      <ul className="plain">
        {storage.map((mount) => {
          const used =
            mount.totalMiB === null || mount.freeMiB === null || mount.totalMiB <= 0
              ? null
              : 1 - mount.freeMiB / mount.totalMiB;
          return (
            <li key={mount.path} className="mount">
              <span className="path">{mount.path}</span>
              {used !== null && (
                <Bar share={used} label={`${mount.path}: ${Math.round(used * 100)} % used`} tone={toneOf(mount)} />
              )}
              <span className="faint">
                {sizeWords(mount.freeMiB)} free of {sizeWords(mount.totalMiB)}
                {mount.type === null ? '' : `, ${mount.type}`}
                {forecastWords(mount, now) === '' ? '' : `, ${forecastWords(mount, now)}`}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );

export const PodCard = ({
  pod,
  url,
  now,
}: {
  readonly pod: FrigateDetail['pod'];
  readonly url: string | null;
  readonly now: Instant;
}): ReactNode => (
  <Card title="Pod and node" id="pod">
    {pod === null ? (
      <p className="faint">{url === null ? 'No pod was observed.' : `Outside Kubernetes: ${url}`}</p>
    ) : (
      <dl className="facts">
        <dt>Pod</dt>
        <dd>{pod.name}</dd>
        <dt>Phase</dt>
        <dd>{pod.phase}</dd>
        <dt>Node</dt>
        <dd>
          {pod.node ?? 'none yet'}
          {pod.nodeReady === false && ' (not Ready)'}
        </dd>
        <dt>Container started</dt>
        <dd>{pod.startedAt === null ? 'not running' : <Ago time={pod.startedAt} now={now} />}</dd>
        <dt>Container restarts</dt>
        <dd>{pod.restarts ?? 'not known'}</dd>
        {pod.lastExit !== null && (
          <>
            <dt>Last exit</dt>
            <dd>
              {pod.lastExit.reason}, code {pod.lastExit.code}
              {pod.lastExit.finishedAt !== null && (
                <>
                  , <Ago time={pod.lastExit.finishedAt} now={now} />
                </>
              )}
            </dd>
          </>
        )}
      </dl>
    )}
  </Card>
);
