/** Makes the pictures of the status page in docs/ in a real Chromium, over simulated Frigates: `npm run picture:page`. */
import path from 'node:path';
import type {BrowserContextOptions} from 'playwright-core';
import {chromiumPath, launch, openPage, servePage} from '../../test/page/stage.js';
import {frigateOf} from '../../test/support/fleet.js';
import {from} from '../build/bundle.js';

interface Wanted {
  readonly file: string;
  readonly path: string;
  readonly options: BrowserContextOptions;
}

const WIDE = {width: 1200, height: 860};

const wanted: readonly Wanted[] = [
  {file: 'page-overview.png', path: '/', options: {viewport: WIDE}},
  {file: 'page-frigate.png', path: '/frigates/subnet-down/frigate', options: {viewport: WIDE}},
  {
    file: 'page-frigate-dark.png',
    path: '/frigates/breaker-open/frigate',
    options: {viewport: WIDE, colorScheme: 'dark'},
  },
  {file: 'page-phone.png', path: '/', options: {viewport: {width: 390, height: 800}}},
];

if (chromiumPath() === null) throw new Error('this needs Chromium: apt-get install chromium, or CHROMIUM=PATH');
const frigates = await Promise.all(
  ['healthy', 'switched-off', 'subnet-down', 'breaker-open', 'disk-full', 'oom-loop', 'coral-stuck'].map((name) =>
    frigateOf(name),
  ),
);
const server = await servePage(frigates);
const browser = await launch();
for (const {file, path: place, options} of wanted) {
  const {page, close} = await openPage(browser, `${server.url}${place}`, options);
  await page.waitForSelector('.connection.live');
  await page.screenshot({path: path.join(from('docs'), file)});
  await close();
  console.log(`docs/${file}`);
}
await browser.close();
await server.close();
