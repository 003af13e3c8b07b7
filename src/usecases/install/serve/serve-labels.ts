/** Names and labels of what belongs to the daemon. */
import {SERVE_LABELS} from '../../../core/serving.js';
import type {ServePlan} from './serve-plan.js';

/** What selects the pods of the daemon, and never those of a CronJob beside it. */
export const serveSelector = (name: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': SERVE_LABELS['app.kubernetes.io/name'],
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/component': SERVE_LABELS['app.kubernetes.io/component'],
});

export const serveLabels = (name: string): Readonly<Record<string, string>> => ({
  ...serveSelector(name),
  'app.kubernetes.io/managed-by': 'frigate-health',
});

/** Of what belongs to the whole cluster: another installation's must not be written over. */
export const clusterNameOf = ({name, namespace}: Pick<ServePlan, 'name' | 'namespace'>): string =>
  `${name}-serve-${namespace}`;
