/** Everything that `install` prints, in the order in which it is applied. */
import {accessManifests} from './access.js';
import {cronJob} from './cron-job.js';
import type {Manifest} from './manifest.js';
import type {InstallPlan} from './plan.js';

export const manifestsOf = (plan: InstallPlan): readonly Manifest[] => [...accessManifests(plan), cronJob(plan)];

/** Without the CronJob: for one that somebody wrote, or that runs the Python checker and has its image changed. */
export const permissionManifestsOf = accessManifests;
