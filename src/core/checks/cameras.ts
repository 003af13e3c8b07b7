/** Family 5: the cameras. */
import type {Check} from './check.js';
import {frames} from './cameras/frames.js';
import {processed} from './cameras/processed.js';
import {source} from './cameras/source.js';
import {steady} from './cameras/steady.js';

export const cameraChecks: readonly Check[] = [frames, processed, steady, source];
