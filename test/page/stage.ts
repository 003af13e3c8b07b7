/** The page in a real Chromium, over a fleet of a test. */
import assert from 'node:assert/strict';
import {accessSync, constants} from 'node:fs';
import {chromium, type Browser, type BrowserContextOptions, type Page} from 'playwright-core';
import {processTimers} from '../../src/cli/timers.js';
import {noAccessControl} from '../../src/http/auth/none.js';
import type {Access} from '../../src/http/auth/access.js';
import {startHttp, type ListeningHttp} from '../../src/http/server.js';
import type {PageFiles} from '../../src/http/options.js';
import type {FrigateStatus} from '../../src/outcome/fleet.js';
import {buildPage} from '../../scripts/build/page.js';
import {FakeControl} from '../http/stage.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {FLEET_NOW, snapshotOf} from '../support/fleet.js';

// React as it is shipped; its development build takes several times as long.
process.env['NODE_ENV'] ??= 'production';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Debian's package, or what CHROMIUM names; `null`: there is none on this machine. */
export const chromiumPath = (): string | null =>
  [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path !== '' && isExecutable(path),
  ) ?? null;

let built: Promise<PageFiles> | null = null;
export const pageFiles = (): Promise<PageFiles> => (built ??= buildPage());

export interface PageServer {
  readonly fleet: FakeFleet;
  readonly control: FakeControl;
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The clock of the server goes on from the moment in which the fleet was observed. */
export const servePage = async (
  frigates: readonly FrigateStatus[],
  {
    access = noAccessControl,
    port = 0,
    fleet = new FakeFleet(snapshotOf(frigates)),
  }: {readonly access?: Access; readonly port?: number; readonly fleet?: FakeFleet} = {},
): Promise<PageServer> => {
  const control = new FakeControl();
  const begun = Date.now();
  const timers = {...processTimers, now: () => (FLEET_NOW + Date.now() - begun) as typeof FLEET_NOW};
  const server: ListeningHttp = await startHttp(
    {
      host: '127.0.0.1',
      port,
      tls: null,
      access,
      debug: false,
      page: await pageFiles(),
      metrics: null,
      onAnswered: () => undefined,
      leaderAddress: () => null,
      log: () => undefined,
    },
    fleet,
    control,
    timers,
    new AbortController().signal,
  );
  return {fleet, control, port: server.port, url: `http://127.0.0.1:${server.port}`, close: () => server.close()};
};

export const launch = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  assert.ok(executablePath);
  return chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']});
};

/** What the page asked for and what its console said. */
export interface Watched {
  readonly page: Page;
  readonly requested: string[];
  readonly errors: string[];
  readonly close: () => Promise<void>;
}

export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> => {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  const requested: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => void requested.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => void errors.push(String(error)));
  await page.goto(url);
  return {page, requested, errors, close: () => context.close()};
};
