/** What a request to port 5000 gets: nginx' own answers and those of the API behind it. Pure. */
import type {Json, JsonObject} from '../json.js';
import type {Run} from './fault.js';
import {configPayload, onlyKeys, statsPayload} from './layout.js';
import {segmentsBetween} from './recording.js';
import {backendDoorAt, cachedMoment, doorAt, go2rtcIsDead, history, newestMoment, startOf} from './run.js';
import {takeSample} from './sample.js';
import {fullVersion, minorOf} from './site.js';

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `silent`: accepted and never answered. `refused`: nothing listens. */
export type HttpAnswer = Reply | {readonly kind: 'silent'} | {readonly kind: 'refused'};

const json = (value: Json, status = 200): Reply => ({
  kind: 'reply',
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});
const text = (body: string): Reply => ({kind: 'reply', status: 200, type: 'text/plain; charset=utf-8', body});

/** An error page of nginx: from 0.14 on the refused auth subrequest makes 500 of what was 502. */
const nginxError = (run: Run): Reply => {
  const title = minorOf(run.version) >= 14 ? '500 Internal Server Error' : '502 Bad Gateway';
  return {
    kind: 'reply',
    status: Number(title.slice(0, 3)),
    type: 'text/html',
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  };
};

const statsNow = (run: Run, now: number): JsonObject =>
  statsPayload(run, takeSample(run, newestMoment(run, cachedMoment(run, now))));

const statsHistory = (run: Run, now: number, query: URLSearchParams): Reply => {
  const keys = query.get('keys');
  const wanted = keys === null || keys === '' ? null : keys.split(',');
  return json(
    history(run, cachedMoment(run, now)).map((moment) => onlyKeys(statsPayload(run, takeSample(run, moment)), wanted)),
  );
};

const number = (query: URLSearchParams, name: string): number | null => {
  const value = query.get(name);
  return value === null || !Number.isFinite(Number(value)) ? null : Number(value);
};

const recordings = (run: Run, cameraName: string, now: number, query: URLSearchParams): Reply => {
  const camera = run.site.cameras.find((one) => one.name === cameraName);
  if (camera === undefined)
    return json(
      minorOf(run.version) >= 15 ? {success: false, message: 'Camera not found'} : [],
      minorOf(run.version) >= 15 ? 404 : 200,
    );
  // From 0.15 the defaults were evaluated once, at import: the hour before Frigate started, for ever.
  const fixed = minorOf(run.version) >= 15 ? startOf(run) : now;
  const after = number(query, 'after') ?? fixed - 3600;
  const before = number(query, 'before') ?? fixed;
  return json(
    segmentsBetween(run, camera, after, before, now).map((segment) => ({
      id: segment.id,
      start_time: segment.start,
      end_time: segment.end,
      segment_size: 1.4,
      motion: 3,
      objects: 0,
      ...(minorOf(run.version) >= 13 ? {duration: segment.end - segment.start} : {}),
    })),
  );
};

/** A stream whose producer has medias and receivers is connected to its camera. */
const go2rtcStreams = (run: Run, now: number): Reply => {
  const {cameras} = takeSample(run, newestMoment(run, now));
  return json(
    Object.fromEntries(
      cameras
        .filter(({camera}) => camera.throughGo2rtc)
        .map(({camera, rates}, order) => {
          const url = `rtsp://*:*@${camera.host}:${camera.port}/cam`;
          const bytes = Math.floor((now - startOf(run)) * 180_000);
          const connected = {
            id: order + 3,
            format_name: 'rtsp',
            protocol: 'rtsp+tcp',
            remote_addr: `${camera.host}:${camera.port}`,
            url,
            bytes_recv: bytes,
            medias: ['video, recvonly, H264'],
            receivers: [
              {
                id: order + 7,
                codec: {codec_name: 'h264', codec_type: 'video'},
                childs: [order + 9],
                bytes,
                packets: Math.floor(bytes / 1200),
              },
            ],
          };
          return [
            camera.name,
            rates.camera >= 1
              ? {
                  producers: [connected],
                  consumers: [{id: order + 9, format_name: 'rtsp', protocol: 'rtsp+tcp', user_agent: 'FFmpeg Frigate'}],
                }
              : {producers: [{url}], consumers: []},
          ];
        }),
    ),
  );
};

const api = (run: Run, path: string, query: URLSearchParams, now: number): Reply => {
  const camera = /^\/api\/([^/]+)\/recordings$/.exec(path)?.[1];
  if (camera !== undefined) return recordings(run, decodeURIComponent(camera), now, query);
  switch (path) {
    case '/api/':
      return text('Frigate is running. Alive and healthy!');
    case '/api/version':
      return text(fullVersion[run.version]);
    case '/api/stats':
      return json(statsNow(run, now));
    case '/api/stats/history':
      return minorOf(run.version) >= 14 ? statsHistory(run, now, query) : json({detail: 'Not Found'}, 404);
    case '/api/config':
      return json(configPayload(run, now));
    case '/api/go2rtc/streams':
      // Nothing listens on go2rtc's port: the handler's own request raises an uncaught exception (frigate/api/camera.py).
      return go2rtcIsDead(run, now) ? {...text('Internal Server Error'), status: 500} : go2rtcStreams(run, now);
    default:
      return json({detail: 'Not Found'}, 404);
  }
};

const page: Reply = {
  kind: 'reply',
  status: 200,
  type: 'text/html',
  body: '<!doctype html><html lang="en"><head><title>Frigate</title></head><body><div id="root"></div></body></html>\n',
};

/** The answer to a GET of `target` (path with query) at `now` (Unix seconds). */
export const answer = (run: Run, target: string, now: number): HttpAnswer => {
  const {pathname, searchParams} = new URL(target, 'http://frigate');
  switch (doorAt(run, now, pathname)) {
    case 'silent':
      return {kind: 'silent'};
    case 'refused':
      return {kind: 'refused'};
    case 'backend-down':
      return nginxError(run);
    case 'open':
      break;
  }
  return pathname.startsWith('/api') ? api(run, pathname, searchParams, now) : page;
};

/** The answer of the API behind nginx (127.0.0.1:5001): the same paths without `/api`, whatever nginx does. */
export const backendAnswer = (run: Run, target: string, now: number): HttpAnswer => {
  const {pathname, searchParams} = new URL(target, 'http://frigate');
  const path = `/api${pathname}`;
  const door = backendDoorAt(run, now, path);
  return door === 'open' ? api(run, path, searchParams, now) : {kind: door};
};
