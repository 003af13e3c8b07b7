/** The base as `install deployment/frigate -n frigate` would print it, with no setting given. */
import packageFile from '../package.json' with {type: 'json'};
import {kustomizeBase} from '../src/install/kustomize.js';
import {planOf, settingsInPod} from '../src/install/make-plan.js';
import type {InstallPlan} from '../src/install/plan.js';

const choices = {
  flags: {},
  env: {},
  otherVariables: [],
  image: null,
  schedule: null,
  smtpSecret: null,
  version: packageFile.version,
};

export const defaultPlan = (): InstallPlan =>
  planOf(choices, settingsInPod(choices), {namespace: 'frigate', workload: {kind: 'Deployment', name: 'frigate'}});

export const defaultBase = (): ReadonlyMap<string, string> => kustomizeBase(defaultPlan());
