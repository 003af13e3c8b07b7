/** The tabs: the open panel, the keys of the others, and which lines are shown. */
import {PANELS, type PanelName} from '../keys.js';
import type {Snapshot} from '../store.js';
import {clipLine, line, lineColumns, span, type Line} from '../text.js';
import type {Ui} from '../ui.js';
import type {Display} from './display.js';
import type {Page} from './scrolled.js';
import {rowKeys} from './rows.js';

const TITLES: Readonly<Record<PanelName, string>> = {
  cameras: 'CAMERAS',
  detectors: 'DETECTORS',
  storage: 'RECORDING AND STORAGE',
  repair: 'REPAIR, POD AND NODE',
  checks: 'CHECKS',
  log: "FRIGATE'S LOG, RELEVANT LINES",
  events: 'EVENTS',
};

/** What the tabs of the others are called, and in capitals the own one where there is no space for its title. */
const TABS: Readonly<Record<PanelName, string>> = {
  cameras: 'cameras',
  detectors: 'detectors',
  storage: 'storage',
  repair: 'repair',
  checks: 'checks',
  log: 'log',
  events: 'events',
};

/** How much of what is read is on the screen; nothing where that is all. */
const pageText = (page: Page | null): string =>
  page === null || page.count <= page.shown
    ? ''
    : `  lines ${page.start + 1}-${page.start + page.shown} of ${page.count}`;

const alone = (title: string, hint: string, page: Page | null): Line =>
  line(span(title, 'strong'), span(`${pageText(page)}${hint}`, 'faint'));

/** `page`: of what is read; `null` where rows are shown. */
export const tabsLine = (snapshot: Snapshot, ui: Ui, page: Page | null, width: number, display: Display): Line => {
  const {mode} = ui;
  switch (mode.kind) {
    case 'help':
      return alone(
        'KEYS',
        page !== null && page.count > page.shown ? '  arrows scroll, any other key closes' : '  any key closes',
        page,
      );
    case 'detail':
      return alone(
        'DETAIL',
        page !== null && page.count > page.shown ? '  arrows scroll, escape closes' : '  escape closes',
        page,
      );
    case 'confirm':
      return alone('CONFIRM', '', null);
    case 'busy':
      return alone('IN PROGRESS', '', null);
    case 'browse':
    case 'filter':
      return panelTabs(snapshot, ui, page, width, display);
  }
};

const panelTabs = (snapshot: Snapshot, ui: Ui, page: Page | null, width: number, display: Display): Line => {
  const {panel, mode} = ui;
  const filter =
    mode.kind === 'filter'
      ? `/${mode.draft}${display.glyphs.cursor}`
      : ui.filter[panel] === ''
        ? ''
        : `/${ui.filter[panel]}`;
  const rows = rowKeys(panel, snapshot, ui).length;
  // Of what is not known there are not "0".
  const count =
    panel === 'repair' || (rows === 0 && snapshot.view?.live.watchState.lastStats === null) ? '' : ` ${rows}`;
  const sort = panel === 'cameras' ? `  by ${ui.sort}` : '';
  const here = (title: string): Line => [
    span(`${PANELS.indexOf(panel) + 1} ${title}${count}`, 'strong'),
    span(`${sort}${pageText(page)}`, 'faint'),
    span(filter === '' ? '' : `  ${display.text(filter)}`, 'accent'),
  ];
  const tabs = (title: string, gap: string): Line =>
    PANELS.flatMap((other, index) => [
      ...(index === 0 ? [] : [span(gap)]),
      ...(other === panel ? here(title) : [span(`${index + 1} ${TABS[other]}`, 'faint')]),
    ]);
  const long = TITLES[panel];
  const short = TABS[panel].toUpperCase();
  const fitting = [
    tabs(long, '  '),
    tabs(long, ' '),
    tabs(short, ' '),
    [...here(long), span('  1-7 panels', 'faint')],
  ].find((one) => lineColumns(one) <= width);
  return clipLine(fitting ?? here(short), width, display.glyphs.more);
};
