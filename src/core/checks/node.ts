/** FRG-151, 152: the node that Frigate runs on, or would have to run on after a restart. */
import type {Check} from './check.js';
import {place} from './node/place.js';
import {ready} from './node/ready.js';

export const nodeChecks: readonly Check[] = [ready, place];
