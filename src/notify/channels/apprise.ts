/** The API of Apprise with a stored configuration: it knows a hundred services that this program does not. */
import {textOf, titleOf} from '../../core/incident/notice.js';
import {authorization, json, splitPath, type Format} from './format.js';

const types = {critical: 'failure', warning: 'warning', resolved: 'success'} as const;

export const apprise: Format = (notice, settings) => {
  const {base, last: key} = splitPath(settings.url);
  const tag = settings.options.get('tag');
  return json(
    `${base.replace(/\/notify$/, '')}/notify/${encodeURIComponent(key)}`,
    {
      title: titleOf(notice),
      body: textOf(notice),
      type: types[notice.severity],
      format: 'text',
      ...(tag === undefined ? {} : {tag}),
    },
    authorization(settings),
  );
};
