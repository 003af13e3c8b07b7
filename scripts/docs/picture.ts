/** Makes the pictures of the live screen in docs/ from what the built program draws on a real terminal: `npm run picture`. Linux only (script of util-linux). */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {hasPty, Pty, root} from '../../test/tui/terminal.js';
import {svgOf} from './svg.js';

interface Wanted {
  readonly file: string;
  readonly scenario: string;
  readonly title: string;
  readonly description: string;
  /** What the screen holds when it is complete. */
  readonly ready: RegExp;
}

const SIZE = {rows: 40, columns: 124};
/** After the first complete look numbers still come in: the newest segment of each camera, for one. */
const SETTLE = 4000;

const wanted: readonly Wanted[] = [
  {
    file: 'watch-healthy.svg',
    scenario: 'healthy',
    title: 'kubectl frigate-health watch: healthy',
    description:
      'Seven cameras with their frames per second, what automatic repair would do (nothing), detector, pod, node, graphics card and storage.',
    ready: /HEALTHY[^]*<30s[^]*recordings/,
  },
  {
    file: 'watch-incident.svg',
    scenario: 'subnet-down',
    title: 'kubectl frigate-health watch: three cameras of one subnet are gone',
    description:
      'The banner names one cause, the network, and says that a person is alerted and Frigate not restarted, by rule R-04. Three cameras deliver no frames; below them the problems with the commands to type, and the lines of the log.',
    ready: /DEGRADED[^]*no frames[^]*WHAT IS WRONG/,
  },
];

if (!hasPty) throw new Error('this needs Linux and script of util-linux');
for (const {file, scenario, title, description, ready} of wanted) {
  const pty = new Pty(['watch', `--demo=${scenario}`], SIZE);
  try {
    await pty.shows(ready, 30_000);
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    writeFileSync(path.join(root, 'docs', file), svgOf({title, description, rows: await pty.cells()}));
    pty.type('q');
    await pty.end();
  } finally {
    pty.kill();
  }
  console.log(`docs/${file}`);
}
