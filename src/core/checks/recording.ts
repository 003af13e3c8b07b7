/** Family 6: recordings and the storage beneath them. */
import type {Check} from './check.js';
import {backlog} from './recording/backlog.js';
import {database} from './recording/database.js';
import {mount, probe} from './recording/mount.js';
import {space} from './recording/space.js';
import {written} from './recording/written.js';

export const recordingChecks: readonly Check[] = [written, backlog, space, mount, database, probe];
