/** FRG-504: does go2rtc know the stream of a silent camera, and is it connected to its source? */
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {delivers, judgedCameras} from '../judged-cameras.js';
import {evidence, listed, notApplicable, unseen} from '../wording.js';

export const source: Check = {
  id: 'FRG-504',
  title: 'stream source',
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: ['FRG-501'],
  settles: true,
  docs: {
    what: 'Where a camera that comes through go2rtc delivers nothing, asks go2rtc on which side of it the picture is lost: whether it knows the stream, and whether it is connected to the camera.',
    limits:
      'Warning for a silent camera whose stream go2rtc does not know, or to whose source it has no connection. It is read only when a camera that comes through go2rtc is silent, and says why FRG-501 is bad; it is no failure of its own.',
    cure: 'Nothing: go2rtc connects again by itself as soon as the camera answers, and a wrong name stays wrong.',
    next: "No connection: ping the camera, look at its power, its address and its limit of connections. An unknown stream: the name in the camera's input and the name under go2rtc.streams differ. A connected one: the picture is lost behind go2rtc, so look at the camera's ffmpeg lines.",
    source:
      'go2rtc /api/streams: it connects on demand, and a producer without medias and receivers is not connected; measured on Frigate 0.17.2 with a camera that was taken away.',
  },
  fix: ({observation}) => `kubectl exec ${frigateIn(observation)} -- curl -sm 5 http://127.0.0.1:1984/api/streams`,
  judge: (context) => {
    const {go2rtc} = context.observation.frigate;
    if (!go2rtc.known)
      return go2rtc.why.code === 'not-asked'
        ? notApplicable('No camera that comes through go2rtc is silent', go2rtc.why.message)
        : unseen(go2rtc.why);
    if ('hung' in go2rtc.value) return notApplicable('go2rtc does not answer', 'FRG-801');
    const connected = new Map(go2rtc.value.streams.map((stream) => [stream.name, stream.connected]));
    return judgeSilent(silentStreams(context), connected);
  },
};

interface SilentStream {
  readonly camera: string;
  readonly stream: string;
}

/** Cameras without frames whose input names a stream of go2rtc. */
const silentStreams = (context: CheckContext): readonly SilentStream[] =>
  judgedCameras(context)
    .filter((camera) => delivers(camera) === false)
    .flatMap(({name, config}) => (config?.go2rtcStream ? [{camera: name, stream: config.go2rtcStream}] : []));

const judgeSilent = (silent: readonly SilentStream[], connected: ReadonlyMap<string, boolean>): Verdict => {
  const strange = silent.filter(({stream}) => !connected.has(stream));
  const lost = silent.filter(({stream}) => connected.get(stream) === false);
  const named = (those: readonly SilentStream[]): string => listed(those.map(({camera}) => camera));
  const [first] = strange;
  if (first !== undefined) {
    return {
      status: 'warning',
      cause: 'config',
      cameras: [...strange, ...lost].map(({camera}) => camera).sort(),
      summary: `go2rtc knows no stream ${strange.map(({stream}) => `"${stream}"`).join(', ')}, which ${named(strange)} asks it for`,
      evidence: [...connected.keys()].slice(0, 8).map((name) => evidence('stream', name)),
    };
  }
  if (lost.length > 0) {
    return {
      status: 'warning',
      cameras: lost.map(({camera}) => camera),
      summary: `go2rtc has no connection to the source of ${named(lost)}: the camera, or the way to it, is at fault`,
      evidence: lost.slice(0, 8).map(({camera}) => evidence(camera, 'not connected')),
    };
  }
  return silent.length === 0
    ? {status: 'ok', summary: 'No camera that comes through go2rtc is silent'}
    : {status: 'ok', summary: `go2rtc is connected to the source of ${named(silent)}: the picture is lost behind it`};
};
