/** Family 3: Frigate itself — its API, its statistics, its configuration, its processes. */
import type {Check} from './check.js';
import {configured} from './frigate/configured.js';
import {fresh} from './frigate/fresh.js';
import {processes} from './frigate/processes.js';
import {responsive} from './frigate/responsive.js';
import {standing} from './frigate/standing.js';

export const frigateChecks: readonly Check[] = [responsive, fresh, configured, processes, standing];
