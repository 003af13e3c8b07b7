/** The bases as `install deployment/frigate -n frigate` and `install --serve -n frigate` would print them, with no setting given. */
import packageFile from '../../package.json' with {type: 'json'};
import {kustomizeBase} from '../../src/usecases/install/kustomize.js';
import {planOf, settingsInPod} from '../../src/usecases/install/make-plan.js';
import {manifestsOf} from '../../src/usecases/install/manifests.js';
import type {InstallPlan} from '../../src/usecases/install/plan.js';
import {serveManifests} from '../../src/usecases/install/serve/serve-manifests.js';
import {servePlanOf, type ServePlan} from '../../src/usecases/install/serve/serve-plan.js';

const choices = {
  flags: {},
  env: {},
  otherVariables: [],
  image: null,
  schedule: null,
  smtpSecret: null,
  notifySecret: null,
  version: packageFile.version,
};

export const defaultPlan = (): InstallPlan =>
  planOf(choices, settingsInPod(choices), {namespace: 'frigate', workload: {kind: 'Deployment', name: 'frigate'}});

export const defaultBase = (): ReadonlyMap<string, string> => kustomizeBase('frigate', manifestsOf(defaultPlan()));

export const defaultServePlan = (): ServePlan =>
  servePlanOf(choices, settingsInPod(choices), 'frigate', {fleet: false, namespaces: []});

export const serveBase = (): ReadonlyMap<string, string> =>
  kustomizeBase('frigate', serveManifests(defaultServePlan()));
