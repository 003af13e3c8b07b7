/** Family 4: the object detectors. */
import type {Check} from './check.js';
import {device} from './detectors/device.js';
import {headroom} from './detectors/headroom.js';
import {silent} from './detectors/silent.js';
import {speed} from './detectors/speed.js';
import {stuck} from './detectors/stuck.js';

export const detectorChecks: readonly Check[] = [speed, stuck, silent, device, headroom];
