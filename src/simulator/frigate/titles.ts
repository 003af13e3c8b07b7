/** The command lines of Frigate's own processes (setproctitle), as `cpu_usages` and /proc show them. */
import {minorOf, type FrigateVersion} from './site.js';

/** Frigate's main process. */
export const MAIN = 'python3 -u -m frigate';

export const GO2RTC = '/usr/local/go2rtc/bin/go2rtc -config=/dev/shm/go2rtc.yaml';

/** `frigate.detector:cpu1` from 0.17, `frigate.detector.cpu1` before. */
export const detectorTitle = (version: FrigateVersion, name: string): string =>
  `frigate.detector${minorOf(version) >= 17 ? ':' : '.'}${name}`;
