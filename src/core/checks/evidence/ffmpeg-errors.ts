/** What the ffmpeg of cameras without frames reports: it knows whether it reached the camera, and what it failed at. */
import type {CauseClass} from '../../finding.js';
import type {ErrorKind, ErrorReport} from '../../observation/log.js';
import {minutes, since} from '../../time.js';
import type {CheckContext} from '../check.js';
import {causeOfError} from './error-causes.js';
import {errorsOf} from './errors.js';

/** So recent an error is about the present attempt: Frigate starts ffmpeg again each 10 s or more (frigate/video.py, 0.12 to 0.18). */
const RECENT = minutes(3);
/** Reports of these kinds say more than one whose words nobody knows. */
const MOST_DEFINITE: readonly ErrorKind[] = ['decoder', 'authentication', 'network', 'missing'];

/** The most definite of the recent reports of this camera's ffmpeg; `null`: there is none, or the log could not be read. */
export const ffmpegError = ({observation, now}: CheckContext, camera: string): ErrorReport | null => {
  const reports = errorsOf(observation).filter(
    (report) => report.component === 'camera' && report.camera === camera && since(report.last, now) <= RECENT,
  );
  for (const kind of MOST_DEFINITE) {
    const found = reports.find((report) => report.kind === kind);
    if (found !== undefined) return found;
  }
  return reports.find(({kind}) => kind !== 'unknown') ?? reports[0] ?? null;
};

export interface CommonError {
  readonly cause: CauseClass;
  readonly report: ErrorReport;
}

/** Causes that have nothing to do with a camera or the network to it. */
const ELSEWHERE: ReadonlySet<CauseClass> = new Set<CauseClass>(['node', 'config', 'memory', 'storage']);

/** What one of them fails at, where that is neither the camera nor the network between; `null`: it may be. */
const causeElsewhere = (report: ErrorReport): CauseClass | null => {
  // go2rtc serves RTSP in the pod: a port that refuses there is another program's, or switched off.
  if (report.kind === 'network' && report.local === true) return 'config';
  const cause = causeOfError(report);
  return report.kind === 'authentication' || ELSEWHERE.has(cause) ? cause : null;
};

/**
 * What all of these cameras fail at in the same way, where that is neither the cameras nor the network between: their decoder, a device
 * that they may not open, go2rtc in the pod, or a login that all of them reject. `null`: at least one of them reports nothing of the kind.
 */
export const commonError = (context: CheckContext, cameras: readonly string[]): CommonError | null => {
  const reports = cameras.map((camera) => ffmpegError(context, camera));
  const [first] = reports;
  const cause = first === undefined || first === null ? null : causeElsewhere(first);
  if (first === undefined || first === null || cause === null) return null;
  const same = (report: ErrorReport | null): boolean =>
    report !== null && report.kind === first.kind && causeElsewhere(report) === cause;
  return reports.every(same) ? {cause, report: first} : null;
};
