/** FRG-504: does go2rtc know the stream of a silent camera, and is it connected to its source? */
import {run} from '../../fix.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import type {Go2rtcStream} from '../../observation/frigate.js';
import {tally} from '../evidence/facts.js';
import {delivers, judgedCameras} from '../evidence/judged-cameras.js';
import {byCheck, bySource, evidence, listed, notApplicable, unobserved} from '../evidence/wording.js';

export const streamSource = defineCheck('FRG-504', {
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: ['FRG-501'],
  settles: true,
  docs: {
    what: 'When a camera whose stream comes from go2rtc delivers nothing, asks go2rtc on which side of it the stream is lost: whether it knows the stream, and whether it is connected to the camera.',
    limits:
      'Warning for a camera without frames whose stream go2rtc does not know, or to whose source it could not connect when somebody asked for it (a consumer, or a 404 that ffmpeg got). A stream that nobody asks for is not connected, and that is no fault. go2rtc is asked only when such a camera delivers no frames; the answer explains FRG-501 and is no failure of its own.',
    cure: 'Nothing: go2rtc reconnects by itself as soon as the camera responds, and a wrong name stays wrong.',
    next: "No connection: ping the camera, check its power, its address and its connection limit. Unknown stream: the name in the camera's input and the name under go2rtc.streams differ. Connected: the stream is lost after go2rtc, so read the ffmpeg lines of the camera.",
    source:
      'go2rtc /api/streams: it connects on demand, and a producer without medias and receivers is not connected; measured on Frigate 0.17.2 with a camera that was removed.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- curl -sm 5 http://127.0.0.1:1984/api/streams`),
  ],
  judge: (context) => {
    const {go2rtc} = context.observation.frigate;
    if (!go2rtc.known)
      return go2rtc.why.code === 'not-asked'
        ? notApplicable('Every camera through go2rtc delivers frames', bySource(go2rtc.why))
        : unobserved(go2rtc.why);
    if ('hung' in go2rtc.value) return notApplicable('go2rtc does not respond', byCheck('FRG-801'));
    return judgeSilent(
      silentStreams(context),
      new Map(go2rtc.value.streams.map((stream) => [stream.name, stream])),
      tally(context.observation, 'camera-unreachable')?.cameras ?? new Map(),
    );
  },
});

interface SilentStream {
  readonly camera: string;
  readonly stream: string;
}

/** Cameras without frames whose input names a stream of go2rtc. */
const silentStreams = (context: CheckContext): readonly SilentStream[] =>
  judgedCameras(context)
    .filter((camera) => delivers(camera) === false)
    .flatMap(({name, config}) => (config?.go2rtcStream ? [{camera: name, stream: config.go2rtcStream}] : []));

/** @param refused Cameras whose ffmpeg got no stream, by their log lines: go2rtc answers 404 when its source is dead (measured on 0.17.2). */
const judgeSilent = (
  silent: readonly SilentStream[],
  streams: ReadonlyMap<string, Go2rtcStream>,
  refused: ReadonlyMap<string, number>,
): CheckResult => {
  const unknown = silent.filter(({stream}) => !streams.has(stream));
  const unconnected = silent.filter(({stream}) => streams.get(stream)?.connected === false);
  const lost = unconnected.filter(({camera, stream}) => streams.get(stream)?.consumers !== 0 || refused.has(camera));
  const named = (those: readonly SilentStream[]): string => listed(those.map(({camera}) => camera));
  const [first] = unknown;
  if (first !== undefined) {
    return {
      status: 'warning',
      cause: 'config',
      cameras: [...unknown, ...lost].map(({camera}) => camera).sort(),
      summary: `go2rtc has no stream ${unknown.map(({stream}) => `"${stream}"`).join(', ')}, which the input of ${named(unknown)} names`,
      evidence: [...streams.keys()].slice(0, 8).map((name) => evidence('stream', name)),
    };
  }
  if (lost.length > 0) {
    return {
      status: 'warning',
      cameras: lost.map(({camera}) => camera),
      summary: `go2rtc is not connected to the source of ${named(lost)}: the camera or the network to it is at fault`,
      evidence: lost.slice(0, 8).map(({camera}) => evidence(camera, 'not connected')),
    };
  }
  if (unconnected.length > 0) {
    return {
      status: 'info',
      cameras: unconnected.map(({camera}) => camera),
      summary: `go2rtc is not connected to the source of ${named(unconnected)}, because nobody asks it for that stream`,
      evidence: unconnected.slice(0, 8).map(({camera}) => evidence(camera, 'no consumer')),
    };
  }
  return silent.length === 0
    ? {status: 'ok', summary: 'Every camera through go2rtc delivers frames'}
    : {status: 'ok', summary: `go2rtc is connected to the source of ${named(silent)}: the stream is lost after go2rtc`};
};
