/** Slack's incoming webhooks, and services with the same protocol (Mattermost, Rocket.Chat). */
import {linesOf, titleOf} from '../../core/incident/notice.js';
import {characters, json, type Format} from './format.js';

/** Slack's own three (docs.slack.dev, "Formatting message text"). */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack: Format = (notice, {url}) => {
  const title = titleOf(notice);
  return json(url, {
    text: escaped(title),
    blocks: [
      {type: 'header', text: {type: 'plain_text', text: characters(title, 150)}},
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: characters([...linesOf(notice).map(escaped), `\`${escaped(notice.command)}\``].join('\n'), 3000),
        },
      },
    ],
  });
};
