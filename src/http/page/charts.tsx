/** Charts as SVG, drawn the same on the server and in the browser. Without style attributes: the content security policy allows none. */
import type {ReactNode} from 'react';
import {days, parseInstant, since, type Instant} from '../../core/time.js';
import type {Change, FrigateDetail} from '../schemas/types.js';
import {healthWords, number} from './words.js';

type Camera = FrigateDetail['camerasInDetail'][number];

const WIDTH = 160;
const HEIGHT = 34;

/** One line for each run of known values: what is not known is a gap. */
const pathsOf = (values: ReadonlyArray<number | null>, top: number): readonly string[] => {
  const step = WIDTH / Math.max(1, values.length - 1);
  const paths: string[] = [];
  let current = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (current !== '') paths.push(current);
      current = '';
      continue;
    }
    const x = (index * step).toFixed(1);
    const y = (HEIGHT - 1 - (Math.min(Math.max(value, 0), top) / top) * (HEIGHT - 3)).toFixed(1);
    current += `${current === '' ? 'M' : 'L'}${x} ${y}`;
  }
  return current === '' ? paths : [...paths, current];
};

/** Frames per second and skipped frames over the last 20 minutes. */
export const Sparkline = ({camera}: {readonly camera: Camera}): ReactNode => {
  const {trend, configuredFps, name} = camera;
  if (trend.length < 2) return <span className="faint">no history</span>;
  const rates = trend.map(({fps}) => fps);
  const skipped = trend.map((point) => point.skipped);
  const top = Math.max(1, configuredFps ?? 0, ...rates.map((rate) => rate ?? 0)) * 1.1;
  const known = rates.filter((rate) => rate !== null);
  const label =
    known.length === 0
      ? `${name}: no frame rate known in 20 minutes`
      : `${name}: ${number(Math.min(...known))} to ${number(Math.max(...known))} frames per second in 20 minutes, at most ${number(Math.max(0, ...skipped.map((value) => value ?? 0)))} skipped`;
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
      {configuredFps !== null && (
        <line
          className="wanted"
          x1="0"
          x2={WIDTH}
          y1={HEIGHT - 1 - (configuredFps / top) * (HEIGHT - 3)}
          y2={HEIGHT - 1 - (configuredFps / top) * (HEIGHT - 3)}
        />
      )}
      {pathsOf(rates, top).map((path) => (
        <path key={path} className="fps" d={path} />
      ))}
      {skipped.some((value) => (value ?? 0) > 0) &&
        pathsOf(skipped, top).map((path) => <path key={path} className="skipped" d={path} />)}
    </svg>
  );
};

const DAY = days(1);

/** The status of the last 24 hours as one bar; what was before the first change is not known. */
export const Timeline = ({changes, now}: {readonly changes: readonly Change[]; readonly now: Instant}): ReactNode => {
  const parts = changes.map((change, index) => {
    const from = parseInstant(change.at) ?? now;
    const next = changes[index + 1];
    const to = next === undefined ? now : (parseInstant(next.at) ?? now);
    const left = Math.max(0, 1000 * (1 - since(from, now) / DAY));
    const right = 1000 * (1 - since(to, now) / DAY);
    return {change, x: left, width: Math.max(3, right - left)};
  });
  return (
    <figure className="timeline">
      <svg
        viewBox="0 0 1000 28"
        preserveAspectRatio="none"
        role="img"
        aria-label="Status of the last 24 hours; the list below names the changes"
      >
        <rect className="nothing" x="0" y="0" width="1000" height="28" />
        {parts.map(({change, x, width}) => (
          <rect key={`${change.at} ${x}`} className={change.health} x={x} y="0" width={width} height="28">
            <title>{`${change.at} ${healthWords[change.health]}: ${change.summary}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption aria-hidden="true">
        <span>24 h ago</span>
        <span>12 h</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
};

/** A share as a bar; 0 to 1. */
export const Bar = ({
  share,
  label,
  tone,
}: {
  readonly share: number;
  readonly label: string;
  readonly tone: 'ok' | 'warning' | 'critical';
}): ReactNode => (
  <svg className="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
    <rect className="nothing" x="0" y="0" width="100" height="8" />
    <rect className={tone} x="0" y="0" width={Math.min(100, Math.max(0, share * 100))} height="8" />
  </svg>
);
