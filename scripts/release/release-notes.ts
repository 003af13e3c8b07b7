/** Prints what CHANGELOG.md says of the release of a tag: `npm run release:notes -- v1.2.3`. Fails where the tag, package.json and CHANGELOG.md disagree. */
import {readFileSync} from 'node:fs';
import packageFile from '../../package.json' with {type: 'json'};
import {from} from '../build/bundle.js';
import {releaseNotes} from './changelog.js';

const found = releaseNotes(readFileSync(from('CHANGELOG.md'), 'utf8'), process.argv[2] ?? '', packageFile.version);
if ('problem' in found) {
  console.error(found.problem);
  process.exitCode = 1;
} else {
  console.log(found.notes);
}
