/** Opens an address in the browser of the person at this machine, by the program that the platform has for it. */
import {spawn} from 'node:child_process';
import type {Environment} from './colour.js';

/** What starts the browser; `null`: there is nothing to open one on. */
export const openerOf = (
  platform: NodeJS.Platform,
  env: Environment,
  url: string,
): {readonly command: string; readonly args: readonly string[]} | null => {
  if (platform === 'darwin') return {command: 'open', args: [url]};
  // `start` takes the first quoted word for the title of a window.
  if (platform === 'win32') return {command: 'cmd', args: ['/c', 'start', '', url]};
  // Without a display xdg-open takes a browser for terminals, which would write over this one.
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? {command: 'xdg-open', args: [url]} : null;
};

/** Failure is none of the command: the address was printed. The browser stays open when this program ends. */
export const openBrowser = (url: string, env: Environment, platform: NodeJS.Platform = process.platform): void => {
  const opener = openerOf(platform, env, url);
  if (opener === null) return;
  const child = spawn(opener.command, [...opener.args], {stdio: 'ignore', detached: true, windowsHide: true});
  child.on('error', () => undefined);
  child.unref();
};
