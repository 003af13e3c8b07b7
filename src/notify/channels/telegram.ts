/** Telegram's Bot API, sendMessage in HTML. */
import {linesOf, titleOf} from '../../core/incident/notice.js';
import {characters, json, splitPath, type Format} from './format.js';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const telegram: Format = (notice, {url, user, password}) => {
  const {base, last: chat} = splitPath(url);
  const token = password === '' ? user : `${user}:${password}`;
  return json(`${base}/bot${token}/sendMessage`, {
    chat_id: chat,
    // Cut before it is escaped, so that no tag is cut; four times the length is the most that escaping makes of it.
    text: [
      `<b>${escaped(titleOf(notice))}</b>`,
      ...linesOf(notice).map((line) => escaped(characters(line, 400))),
      `<code>${escaped(characters(notice.command, 300))}</code>`,
    ].join('\n'),
    parse_mode: 'HTML',
    disable_notification: notice.severity === 'resolved',
    link_preview_options: {is_disabled: true},
  });
};
