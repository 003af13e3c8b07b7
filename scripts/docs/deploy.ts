/**
 * Writes deploy: `npm run deploy`. The kustomize bases as `install` and `install --serve` print them, the Helm chart, and what `alerts` and `install --monitor` print for
 * Prometheus, Alertmanager and Grafana. A test fails while the two differ.
 */
import {existsSync, mkdirSync, readdirSync, rmSync, writeFileSync, type Dirent} from 'node:fs';
import {dirname, join} from 'node:path';
import {monitoringFiles} from '../../src/usecases/alerts.js';
import {chartFiles} from './chart.js';
import {defaultBase, serveBase} from './deploy-base.js';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const within = (folder: string, texts: ReadonlyMap<string, string>): ReadonlyArray<readonly [string, string]> =>
  [...texts].map(([name, text]) => [`${folder}/${name}`, text]);
const files = new Map([
  ...within('base', defaultBase()),
  ...within('serve', serveBase()),
  ...within('chart', chartFiles()),
  ...monitoringFiles(),
]);

const existing = (folder: string): readonly Dirent[] =>
  existsSync(folder) ? readdirSync(folder, {withFileTypes: true, recursive: true}) : [];

/** Of these folders every file is made here. */
for (const folder of ['base', 'serve', 'chart', 'monitoring', 'dashboards'])
  for (const entry of existing(join(deploy, folder))) {
    const name = join(entry.parentPath, entry.name).slice(deploy.length + 1);
    if (entry.isFile() && !files.has(name)) rmSync(join(deploy, name));
  }
for (const [name, text] of files) {
  mkdirSync(dirname(join(deploy, name)), {recursive: true});
  writeFileSync(join(deploy, name), text);
}
console.log(`${files.size} files in deploy`);
