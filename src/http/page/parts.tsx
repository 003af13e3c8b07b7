/** Small parts that several views use. Nothing here needs a browser. */
import type {ReactNode} from 'react';
import type {Instant} from '../../core/time.js';
import type {FrigateDetail} from '../schemas/types.js';
import {agoWords, healthSymbols, healthWords, type Health} from './words.js';

type CheckStatus = FrigateDetail['problems'][number]['status'];
type Step = FrigateDetail['problems'][number]['steps'][number];

export const HealthBadge = ({health}: {readonly health: Health}): ReactNode => (
  <span className={`badge ${health}`}>
    <span aria-hidden="true" className="symbol">
      {healthSymbols[health]}
    </span>
    {healthWords[health]}
  </span>
);

const statusSymbols: Readonly<Record<CheckStatus, string>> = {
  critical: '✕',
  warning: '!',
  unknown: '?',
  info: 'i',
  ok: '✓',
  skipped: '–',
};

export const StatusBadge = ({status, word}: {readonly status: CheckStatus; readonly word?: string}): ReactNode => (
  <span className={`badge small ${status}`}>
    <span aria-hidden="true" className="symbol">
      {statusSymbols[status]}
    </span>
    {word ?? status}
  </span>
);

/** A time as people say it, with the exact one behind it. */
export const Ago = ({time, now}: {readonly time: string; readonly now: Instant}): ReactNode => (
  <time dateTime={time} title={time}>
    {agoWords(time, now)}
  </time>
);

export const Steps = ({steps, label}: {readonly steps: readonly Step[]; readonly label: string}): ReactNode =>
  steps.length === 0 ? null : (
    <ol className="steps" aria-label={label}>
      {steps.map((step, index) => (
        <li key={index}>{'command' in step ? <code className="command">{step.command}</code> : step.text}</li>
      ))}
    </ol>
  );

export const Card = ({
  title,
  id,
  children,
  className = '',
}: {
  readonly title: string;
  readonly id: string;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode => (
  <section className={`card ${className}`} aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
  </section>
);
