import assert from 'node:assert/strict';
import {chmod, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {hasPty, Pty} from '../tui/terminal.js';
import {fakeApiServer, json, status} from '../kubernetes/fake-api-server.js';
import {mustBeBuilt, run, withFile} from './program.js';

const CREDENTIAL = JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: {token: 'signed-in'},
});

/** Asks as the plugins of clouds do: a code on stderr, and an answer from stdin. */
const PLUGIN = `#!/bin/sh
echo "To sign in, enter the code ABCD-1234 at https://login.example; password=hush" >&2
echo "$KUBERNETES_EXEC_INFO" > "$0.info"
read answer || { echo "nobody answers" >&2; exit 1; }
sleep 0.3
echo "welcome $answer" >&2
echo '${CREDENTIAL}'
`;

const ended = async (pid: number, limit: number): Promise<void> => {
  const until = performance.now() + limit;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(performance.now() < until, `process ${pid} goes on`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a credential plugin that asks a person', function () {
  this.timeout(60_000);
  before(mustBeBuilt);

  const withPlugin = (
    interactiveMode: string,
    work: (place: {
      readonly kubeconfig: string;
      readonly info: string;
      readonly logins: () => readonly string[];
    }) => Promise<void>,
  ): Promise<void> =>
    withFile(PLUGIN, async (plugin) => {
      await chmod(plugin, 0o700);
      await using api = await fakeApiServer((_, response) => json(response, 403, status(403, 'no', 'Forbidden')));
      const kubeconfig = path.join(path.dirname(plugin), 'config');
      await writeFile(
        kubeconfig,
        JSON.stringify({
          'current-context': 'home',
          clusters: [{name: 'c', cluster: {server: api.url}}],
          users: [
            {
              name: 'me',
              user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode}},
            },
          ],
          contexts: [{name: 'home', context: {cluster: 'c', user: 'me'}}],
        }),
      );
      const logins = (): readonly string[] => [
        ...new Set(api.asked.map(({headers}) => headers.authorization ?? 'nobody')),
      ];
      await work({kubeconfig, info: `${plugin}.info`, logins});
    });

  for (const mode of ['IfAvailable', 'Always']) {
    it(`has the terminal where there is one, before anything is asked of the cluster (${mode})`, async function () {
      if (!hasPty) return;
      await withPlugin(mode, async ({kubeconfig, info, logins}) => {
        const pty = new Pty(['check', '-o', 'short', `--kubeconfig=${kubeconfig}`], {columns: 160});
        await pty.shows(/enter the code ABCD-1234/);
        assert.deepEqual(logins(), []);
        pty.type('ann\r');
        await pty.shows(/welcome ann/);
        const {code} = await pty.end();
        assert.equal(code, 77);
        assert.deepEqual(logins(), ['Bearer signed-in']);
        assert.equal(
          (JSON.parse(await readFile(info, 'utf8')) as {spec: {interactive: boolean}}).spec.interactive,
          true,
        );
      });
    });
  }

  it('ends with Ctrl-C at once', async function () {
    if (!hasPty) return;
    await withPlugin('IfAvailable', async ({kubeconfig, logins}) => {
      const pty = new Pty(['check', `--kubeconfig=${kubeconfig}`]);
      await pty.shows(/ABCD-1234/);
      const {pid} = pty;
      pty.type('\u0003');
      // Ctrl-C reaches the shell around it too, which then tells no exit code.
      await ended(pid, 4000);
      pty.kill();
      assert.deepEqual(logins(), []);
    });
  });

  it('is named and quoted without a terminal, masked, with a command that signs in', async () => {
    await withPlugin('IfAvailable', async ({kubeconfig, info, logins}) => {
      const {code, stdout} = await run(['check', '-o', 'json', `--kubeconfig=${kubeconfig}`]);
      assert.equal(code, 77);
      assert.match(stdout, /credential plugin file failed: nobody answers/);
      assert.match(stdout, /kubectl auth whoami --kubeconfig [^ "]*config --context home/);
      assert.ok(!stdout.includes('hush'));
      assert.deepEqual(logins(), []);
      assert.equal(
        (JSON.parse(await readFile(info, 'utf8')) as {spec: {interactive: boolean}}).spec.interactive,
        false,
      );
    });
  });

  it('is not even started without a terminal where its mode needs one', async () => {
    await withPlugin('Always', async ({kubeconfig, info}) => {
      const {code, stdout} = await run(['check', '-o', 'json', `--kubeconfig=${kubeconfig}`]);
      assert.equal(code, 77);
      assert.match(stdout, /needs a terminal \(interactiveMode: Always\)/);
      await assert.rejects(readFile(info));
    });
  });
});
