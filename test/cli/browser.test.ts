import assert from 'node:assert/strict';
import {openBrowser, openerOf} from '../../src/cli/browser.js';

const URL = 'http://127.0.0.1:4321/?key=a-b_c';

describe('the browser', () => {
  it('is opened by the program of the platform', () => {
    assert.deepEqual(openerOf('darwin', {}, URL), {command: 'open', args: [URL]});
    assert.deepEqual(openerOf('win32', {}, URL), {command: 'cmd', args: ['/c', 'start', '', URL]});
    for (const display of ['DISPLAY', 'WAYLAND_DISPLAY'])
      assert.deepEqual(openerOf('linux', {[display]: ':0'}, URL), {command: 'xdg-open', args: [URL]});
  });

  it('is not opened where there is no display', () => {
    assert.equal(openerOf('linux', {}, URL), null);
    assert.equal(openerOf('linux', {DISPLAY: ''}, URL), null);
  });

  it('that is not installed is no failure', async () => {
    // On this machine none of the programs of another platform is there.
    openBrowser(URL, {}, process.platform === 'win32' ? 'darwin' : 'win32');
    await new Promise((resolve) => setImmediate(resolve));
  });
});
