/** The notification channels of the daemon. Where they stand in a file, that is read again: a new text replaces them, a broken one does not. */
import type {Timers} from '../../core/timers.js';
import type {Channel} from '../../notify/channel.js';
import {openChannels} from '../../notify/open-channels.js';
import type {Journal} from '../../pass/journal.js';
import {channelsFrom, withoutMail, type ChannelSettings} from '../../settings/channels.js';
import type {Settings} from '../../settings/settings.js';
import {FollowedFile} from './followed-file.js';

export interface LiveChannels {
  /** One list as long as the daemon runs, which the ports of every Frigate hold: it is changed in place. */
  readonly current: readonly Channel[];
  /** Why the newest text of the file is not in force; `null`: it is, or there is no file. */
  readonly error: string | null;
  /** Reads the file again. Never rejects. */
  check(): Promise<void>;
}

export interface LiveChannelsOptions {
  readonly settings: Pick<Settings, 'mail' | 'channels' | 'notifyFile' | 'policy'>;
  readonly readFile: (path: string) => string | null;
  readonly timers: Timers;
  readonly journal: Journal;
  /** What the daemon adds to each: counts and breakers. Called with all of them at once. */
  readonly wrapped: (channels: readonly Channel[]) => readonly Channel[];
}

export const liveChannels = async ({
  settings,
  readFile,
  timers,
  journal,
  wrapped,
}: LiveChannelsOptions): Promise<LiveChannels> => {
  const opened = async (channels: readonly ChannelSettings[]): Promise<readonly Channel[]> =>
    wrapped(await openChannels({...settings, channels}, timers));
  const current = [...(await opened(settings.channels))];
  const {notifyFile: path} = settings;
  let wanted = settings.channels;
  const file =
    path === null
      ? null
      : new FollowedFile<readonly ChannelSettings[]>({
          path,
          readFile,
          parse: (text) => {
            const outcome = channelsFrom(path, () => text);
            if (!outcome.ok) return {ok: false, error: outcome.allowed};
            const refused = withoutMail(outcome.channels, settings.mail);
            return refused === null ? {ok: true, value: outcome.channels} : {ok: false, error: refused};
          },
          first: {text: readFile(path), value: settings.channels},
          onRead: (channels) => {
            wanted = channels;
            journal('channels.read', {file: path, channels: channels.map(({name}) => name)});
          },
          onRefused: (reason) =>
            journal('channels.refused', {reason, detail: 'the channels that were read before stay in force'}),
        });
  let inForce = wanted;
  return {
    current,
    get error() {
      return file?.error ?? null;
    },
    async check() {
      file?.check();
      if (wanted === inForce) return;
      inForce = wanted;
      const opening = wanted;
      try {
        const channels = await opened(opening);
        // A file that changed again meanwhile is opened by the call that read it.
        if (opening === inForce) current.splice(0, current.length, ...channels);
      } catch (error) {
        journal('warning', {
          summary: 'a bug of this program kept new notification channels out; those before stay in force',
          reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    },
  };
};
