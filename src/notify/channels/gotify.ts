/** Gotify: one message of an application. */
import {textOf, titleOf} from '../../core/incident/notice.js';
import {json, type Format} from './format.js';

/** 8 and above make a sound and stay on the screen of its Android app; below 4 there is no sound. */
const priorities = {critical: 8, warning: 5, resolved: 3} as const;

export const gotify: Format = (notice, {url, user}) =>
  json(
    `${url}/message`,
    {
      title: titleOf(notice),
      message: textOf(notice),
      priority: priorities[notice.severity],
      extras: {'client::display': {contentType: 'text/plain'}},
    },
    {'x-gotify-key': user},
  );
