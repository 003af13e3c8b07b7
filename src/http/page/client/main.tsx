/** The entry of the page's bundle: takes over what the server rendered. */
import {hydrateRoot} from 'react-dom/client';
import type {PageData} from '../page.js';
import {App} from './app.js';
import {applyTheme} from './theme.js';

applyTheme();
const root = document.getElementById('root');
const data = document.getElementById('data')?.textContent;
// Written by the server beside this script (src/http/page/render.tsx).
if (root !== null && data !== undefined) hydrateRoot(root, <App initial={JSON.parse(data) as PageData} />);
