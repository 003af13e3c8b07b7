/** Writes command-snapshot.json: `npm run snapshot`. A test fails while it differs, and names what was taken away. */
import {writeFileSync} from 'node:fs';
import {from} from '../build/bundle.js';
import {surfaceText} from './surface.js';

writeFileSync(from('command-snapshot.json'), surfaceText());
