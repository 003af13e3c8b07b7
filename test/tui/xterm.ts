/** The terminal emulator. A CommonJS package that claims to be an ES module: importers disagree on where its class stands. */
import {createRequire} from 'node:module';
import type * as Headless from '@xterm/headless';

export const {Terminal} = createRequire(import.meta.url)('@xterm/headless') as typeof Headless;
