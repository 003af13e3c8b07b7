/** Files that are read again while the daemon runs: tokens and notification channels. */
import assert from 'node:assert/strict';
import {mkdir, mkdtemp, readlink, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Channel} from '../../../src/notify/channel.js';
import type {JournalEvent, JournalFields} from '../../../src/pass/journal.js';
import {channelsFrom} from '../../../src/settings/channels.js';
import {FollowedFile} from '../../../src/usecases/serve/followed-file.js';
import {liveChannels, type LiveChannels} from '../../../src/usecases/serve/live-channels.js';
import {FakeTimers} from '../../support/fake-timers.js';
import {aSettings} from '../../support/fake-world.js';

const readFile = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

describe('a followed file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  const follow = (file: string, said: string[]): FollowedFile<number> =>
    new FollowedFile({
      path: file,
      readFile,
      parse: (text) =>
        text !== null && /^\d+$/.test(text) ? {ok: true, value: Number(text)} : {ok: false, error: 'no number'},
      first: {text: readFile(file), value: 1},
      onRead: (value) => said.push(`read ${value}`),
      onRefused: (error) => said.push(error.replace(folder, '')),
    });

  it('takes a new text, keeps the old one where the new is broken or gone, and reports each once', async () => {
    const file = path.join(folder, 'file');
    const said: string[] = [];
    await writeFile(file, '1');
    const followed = follow(file, said);
    const stands = (): readonly [number, boolean] => {
      followed.check();
      followed.check();
      return [followed.value, followed.error === null];
    };
    assert.deepEqual(stands(), [1, true]);
    await writeFile(file, '2');
    assert.deepEqual(stands(), [2, true]);
    await writeFile(file, 'x');
    assert.deepEqual(stands(), [2, false]);
    await rm(file);
    assert.deepEqual(stands(), [2, false]);
    await writeFile(file, '2');
    assert.deepEqual(stands(), [2, true]);
    assert.deepEqual(said, ['read 2', '/file: no number', '/file: no number', 'read 2']);
  });

  it('sees the swap of a Secret, which is one of a symbolic link', async () => {
    // As a kubelet mounts it: file → ..data/file, ..data → a folder of each version.
    for (const [version, text] of [
      ['..v1', '1'],
      ['..v2', '2'],
    ] as const) {
      await mkdir(path.join(folder, version));
      await writeFile(path.join(folder, version, 'file'), text);
    }
    await symlink('..v1', path.join(folder, '..data'));
    const file = path.join(folder, 'file');
    await symlink(path.join('..data', 'file'), file);
    const followed = follow(file, []);
    await symlink('..v2', path.join(folder, '..data_tmp'));
    await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    assert.equal(await readlink(path.join(folder, '..data')), '..v2');
    followed.check();
    assert.equal(followed.value, 2);
  });
});

describe('the channels of the daemon', () => {
  const FILE = '/etc/frigate-health/channels';
  const NTFY = 'ntfy://ntfy.example/cameras#name=phone';
  const GOTIFY = 'gotify://TOKEN@gotify.example';

  interface Stage {
    readonly live: LiveChannels;
    readonly lines: Array<readonly [JournalEvent, JournalFields]>;
    readonly wrapped: Array<readonly string[]>;
    text: string | null;
  }

  const namesOf = (channels: readonly Channel[]): readonly string[] => channels.map(({name}) => name);

  const stage = async (notify: string, text: string | null): Promise<Stage> => {
    const lines: Stage['lines'] = [];
    const wrapped: Array<readonly string[]> = [];
    const files: {text: string | null} = {text};
    const parsed = channelsFrom(notify, () => files.text);
    assert.ok(parsed.ok);
    const live = await liveChannels({
      settings: aSettings({channels: parsed.channels, notifyFile: notify === FILE ? FILE : null, mail: null}),
      readFile: (file) => (file === FILE ? files.text : null),
      timers: new FakeTimers(),
      journal: (...line) => void lines.push(line),
      wrapped: (channels) => {
        wrapped.push(namesOf(channels));
        return channels;
      },
    });
    return {
      live,
      lines,
      wrapped,
      set text(now: string | null) {
        files.text = now;
      },
      get text() {
        return files.text;
      },
    };
  };

  it('are replaced in the same list when their file changes', async () => {
    const one = await stage(FILE, NTFY);
    const held = one.live.current;
    assert.deepEqual(namesOf(held), ['phone']);
    await one.live.check();
    assert.deepEqual(one.wrapped, [['phone']]);
    one.text = `${GOTIFY}\n${NTFY}`;
    await one.live.check();
    assert.deepEqual(namesOf(held), ['gotify', 'phone']);
    // All of them go through counts and breakers.
    assert.deepEqual(one.wrapped, [['phone'], ['gotify', 'phone']]);
    assert.deepEqual(one.lines, [['channels.read', {file: FILE, channels: ['gotify', 'phone']}]]);
  });

  it('stay where the new file is broken, which is reported without its secrets', async () => {
    const one = await stage(FILE, NTFY);
    for (const [text, says] of [
      ['gotify://SECRET-7@gotify.example#least=SECRET-8', /has a least other than/],
      ['smtp:', /while no mail server is set/],
      [null, /cannot be read/],
    ] as const) {
      one.text = text;
      await one.live.check();
      assert.deepEqual(namesOf(one.live.current), ['phone'], String(text));
      assert.match(one.live.error ?? '', says);
      const [event, fields] = one.lines.at(-1) ?? [];
      assert.equal(event, 'channels.refused');
      assert.doesNotMatch(JSON.stringify(fields), /SECRET/);
    }
    one.text = NTFY;
    await one.live.check();
    assert.equal(one.live.error, null);
  });

  it('of the variable itself are not read again', async () => {
    const one = await stage(NTFY, null);
    one.text = GOTIFY;
    await one.live.check();
    assert.deepEqual([namesOf(one.live.current), one.live.error, one.lines], [['phone'], null, []]);
  });
});
