import assert from 'node:assert/strict';
import {noShellLine} from '../../src/cli/no-shell.js';

const nothing = (): null => null;

describe('a shell as the first word', () => {
  for (const shell of ['/bin/sh', 'sh', 'bash', '/bin/bash', '/busybox/sh', '/usr/local/bin/zsh']) {
    it(`is answered in one line with what to type: ${shell}`, () => {
      assert.equal(
        noShellLine([shell, '-c', 'id'], {}, nothing),
        `This image has no ${shell}. To check Frigate from this pod, end the command with "-- check". For a shell in the network of the Frigate pod: kubectl debug -n frigate -it FRIGATE_POD --image=busybox:1 -- sh`,
      );
    });
  }

  it('is answered with the namespace that is set, else that of the pod', () => {
    const ofThePod = (path: string): string | null =>
      path === '/var/run/secrets/kubernetes.io/serviceaccount/namespace' ? 'cams\n' : null;
    assert.match(noShellLine(['sh'], {}, ofThePod) ?? '', / -n cams /);
    assert.match(noShellLine(['sh'], {FRIGATE_HC_NAMESPACE: 'nvr'}, ofThePod) ?? '', / -n nvr /);
  });

  for (const words of [[], ['check'], ['push'], ['check', '/bin/sh'], ['/bin/shell'], ['completion', 'bash']])
    it(`is not found in ${JSON.stringify(words)}`, () => assert.equal(noShellLine(words, {}, nothing), null));
});
