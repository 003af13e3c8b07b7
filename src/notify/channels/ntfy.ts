/** ntfy: JSON to the root of the server (docs.ntfy.sh/publish, "Publish as JSON"). */
import {textOf, titleOf} from '../../core/incident/notice.js';
import {authorization, json, splitPath, type Format} from './format.js';

/** 5 rings through "do not disturb" where the phone allows it. */
const priorities = {critical: 5, warning: 4, resolved: 3} as const;
const tags = {critical: 'rotating_light', warning: 'warning', resolved: 'white_check_mark'} as const;

export const ntfy: Format = (notice, settings) => {
  const {base, last: topic} = splitPath(settings.url);
  return json(
    `${base}/`,
    {
      topic,
      title: titleOf(notice),
      message: textOf(notice),
      priority: priorities[notice.severity],
      tags: [tags[notice.severity]],
    },
    authorization(settings),
  );
};
