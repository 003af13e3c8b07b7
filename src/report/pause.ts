/** The words and documents of `pause`, `resume` and `ack`. */
import {inContext} from '../core/checks/kubectl.js';
import type {ClusterContext} from '../core/cluster-context.js';
import {mask} from '../core/mask.js';
import type {Pause} from '../core/pause.js';
import {kindAndName, type WorkloadName} from '../core/observation/workload.js';
import type {Incident} from '../core/state/state.js';
import {rfc3339} from '../core/time.js';
import {clean, toAscii} from './layout.js';
import {renderMasked} from './render.js';
import {themeOf, type Style} from './style.js';

export interface PauseReport {
  readonly workload: WorkloadName;
  readonly context: ClusterContext;
  readonly pause: Pause | null;
  readonly before: Pause | null;
}

const pageOf = (lines: readonly string[], style: Style): string => {
  const text = `${lines.map((line) => mask(line)).join('\n')}\n`;
  return style.ascii ? toAscii(text) : text;
};

const documentOf = (pause: Pause | null): object | null =>
  pause === null ? null : {until: rfc3339(pause.until), reason: pause.reason};

export const renderPause = async (
  report: PauseReport,
  format: 'text' | 'json' | 'yaml',
  style: Style,
): Promise<string> => {
  const {workload, context, pause, before} = report;
  if (format !== 'text')
    return renderMasked(
      {
        apiVersion: 'frigate-health.io/v1',
        kind: 'PauseResult',
        workload,
        pause: documentOf(pause),
        before: documentOf(before),
      },
      format,
    );
  const ok = themeOf(style).symbol('ok');
  const name = `${clean(kindAndName(workload))} in ${clean(workload.namespace)}`;
  const flags = `${inContext(context)} -n ${clean(workload.namespace)} ${clean(kindAndName(workload))}`;
  if (pause === null)
    return pageOf(
      [
        before === null
          ? `${ok} ${name} was not paused; automatic repair and notifications are on.`
          : `${ok} The pause of ${name} is over; automatic repair and notifications are on.`,
      ],
      style,
    );
  return pageOf(
    [
      `${ok} ${name} is paused until ${rfc3339(pause.until)}: ${clean(pause.reason ?? 'no reason given')}.`,
      '  Nothing is restarted and nothing is notified until then; everything is observed. The pause ends by itself.',
      `  To end it earlier: kubectl frigate-health resume${flags}`,
    ],
    style,
  );
};

export const renderAck = async (
  {namespace, incident}: {readonly namespace: string; readonly incident: Incident},
  format: 'text' | 'json' | 'yaml',
  style: Style,
): Promise<string> => {
  const {id, since, summary, ack} = incident;
  if (format !== 'text')
    return renderMasked(
      {
        apiVersion: 'frigate-health.io/v1',
        kind: 'AckResult',
        metadata: {namespace},
        incident: {id, since: rfc3339(since), summary},
        ack: ack === null ? null : {...ack, at: rfc3339(ack.at)},
      },
      format,
    );
  return pageOf(
    [
      `${themeOf(style).symbol('ok')} Acknowledged by ${clean(ack?.by ?? '')}: ${clean(summary)} (since ${rfc3339(since)}).`,
      '  There are no reminders of it any more. Automatic repair goes on; what gets worse and the end are notified.',
    ],
    style,
  );
};
