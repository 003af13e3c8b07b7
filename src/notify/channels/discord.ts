/** Discord's webhooks: one embed. Nobody is pinged by what a camera is called. */
import {linesOf, titleOf} from '../../core/incident/notice.js';
import {characters, colourOf, json, timeOf, type Format} from './format.js';

export const discord: Format = (notice, {url}) =>
  json(url, {
    username: 'frigate-health',
    allowed_mentions: {parse: []},
    embeds: [
      {
        title: characters(titleOf(notice), 256),
        description: characters([...linesOf(notice), `\`\`\`\n${notice.command}\n\`\`\``].join('\n'), 4096),
        color: colourOf(notice),
        timestamp: timeOf(notice.at),
      },
    ],
  });
