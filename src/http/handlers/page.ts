/** The status page and its built files. */
import {gzipSync} from 'node:zlib';
import type {Asked, Handler} from '../context.js';
import type {HttpOptions, PageFiles} from '../options.js';
import type {PageData} from '../page/page.js';
import {problemResponse} from '../problem.js';
import {silentIn} from '../events.js';
import {detailOf} from '../views/detail.js';
import {frigateListOf, visibleTo} from '../views/lists.js';
import {mayRecover} from './fleet.js';
import {frigateOf, namedBy} from './frigate.js';

/** Loaded with the first page: React's renderer is of no use to the API. */
const html = async (data: PageData, files: PageFiles): Promise<Response> => {
  const {renderPage} = await import('../page/render.js');
  return new Response(renderPage(data, files), {
    status: data.view === 'missing' ? 404 : 200,
    headers: {'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store'},
  });
};

const notBuilt = (): Response => problemResponse('not-found', {detail: 'The status page is not part of this build'});

export const overviewPage: Handler = async ({daemon: {options, source, events, timers}, caller}) => {
  if (options.page === null) return notBuilt();
  const now = timers.now();
  const snapshot = source.current;
  return html(
    {
      view: 'overview',
      now,
      list: frigateListOf(caller, snapshot, events.eventId),
      silent: silentIn(visibleTo(caller, snapshot), now),
    },
    options.page,
  );
};

export const frigatePage: Handler = async (asked: Asked) => {
  const {options, source, events, timers} = asked.daemon;
  if (options.page === null) return notBuilt();
  const now = timers.now();
  const {eventId} = events;
  const snapshot = source.current;
  const found = frigateOf(asked.caller, snapshot, namedBy(asked));
  if (found === null) return html({view: 'missing', now}, options.page);
  const detail = detailOf(found, {snapshot, eventId, mayRecover: await mayRecover(asked, found.target)});
  return html({view: 'frigate', now, detail, silent: silentIn([found], now)}, options.page);
};

interface Asset {
  readonly type: string;
  readonly text: string;
  readonly zipped: Uint8Array<ArrayBuffer>;
}

const assetOf = (type: string, text: string): Asset => ({type, text, zipped: new Uint8Array(gzipSync(text))});

const prepare = async (page: PageFiles): Promise<ReadonlyMap<string, Asset>> => {
  const {assetNames} = await import('../page/render.js');
  const names = assetNames(page);
  return new Map([
    [names.script, assetOf('text/javascript; charset=utf-8', page.script)],
    [names.style, assetOf('text/css; charset=utf-8', page.style)],
  ]);
};

/** The built files by name, gzipped once. They hold nothing of the cluster, so that nobody is asked for a token. */
export const assets = ({page}: HttpOptions): ((name: string, acceptsGzip: boolean) => Promise<Response>) => {
  let prepared: Promise<ReadonlyMap<string, Asset>> | null = null;
  return async (name, acceptsGzip) => {
    if (page === null) return notBuilt();
    const file = (await (prepared ??= prepare(page))).get(name);
    if (file === undefined) return problemResponse('not-found');
    const headers = {
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
    };
    return acceptsGzip
      ? new Response(file.zipped, {headers: {...headers, 'Content-Encoding': 'gzip'}})
      : new Response(file.text, {headers});
  };
};
