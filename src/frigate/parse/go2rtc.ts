/** `/api/go2rtc/streams`: which streams are connected to their source. */
import * as z from 'zod';
import {known, type Known} from '../../core/known.js';
import type {Go2rtcStream} from '../../core/observation/frigate.js';
import {parseJson, wrongShape} from './json.js';
import {byName, isObject} from './values.js';

const ASKED = 'GET /api/go2rtc/streams';

const list = z.array(z.unknown()).nullish().catch(null);
const stream = z
  .object({
    producers: z
      .array(z.object({medias: list, receivers: list}).catch({}))
      .nullish()
      .catch(null),
    consumers: z.array(z.unknown()).nullish().catch(undefined),
  })
  .nullable()
  .catch(null);
const streams = z.record(z.string(), stream);

type Producer = {
  readonly medias?: readonly unknown[] | null | undefined;
  readonly receivers?: readonly unknown[] | null | undefined;
};

/** go2rtc connects on demand: a producer that is only a `url` is not connected. */
const isConnected = (producer: Producer): boolean =>
  (producer.medias?.length ?? 0) + (producer.receivers?.length ?? 0) > 0;

/** The streams, sorted by name. Nobody asks for one whose consumers are an empty list or `null` (go2rtc 1.2 to 1.9). */
export const parseGo2rtc = (body: Buffer): Known<readonly Go2rtcStream[]> => {
  const json = parseJson(ASKED, body);
  if (!json.known) return json;
  if (isObject(json.value) && json.value['success'] === false) return wrongShape(ASKED, json.value, 'streams');
  const parsed = streams.safeParse(json.value);
  if (!parsed.success) return wrongShape(ASKED, json.value, 'streams');
  return known(
    Object.entries(parsed.data)
      .map(([name, of]) => ({
        name,
        connected: (of?.producers ?? []).some(isConnected),
        ...(of?.consumers === undefined ? {} : {consumers: of.consumers?.length ?? 0}),
      }))
      .sort(byName),
  );
};
