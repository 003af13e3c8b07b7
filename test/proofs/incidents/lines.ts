/** Lines as the parts of a container write them; the kubelet's stamp is put before them where they are scanned. */

/** A line of Frigate's own logging (frigate/log.py): stamp, logger, level. */
export const python = (logger: string, message: string, level = 'ERROR'): string =>
  `[2026-03-01 06:20:05] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;

/** A line that one of the services of s6 writes through s6-log, which stamps it. */
export const stamped = (text: string): string => `2026-03-01 06:20:05.119204711  ${text}`;

/** What an orderly stop of Frigate logs after the line that explains it (frigate/app.py at v0.16.4): dozens of lines. */
export const orderlyStop: readonly string[] = [
  python('frigate.app', 'Stopping...', 'INFO'),
  python('frigate.ptz.autotrack', 'Exiting autotracker...', 'INFO'),
  python('frigate.ptz.onvif', 'Exiting ONVIF controller...', 'INFO'),
  python('frigate.record.cleanup', 'Exiting recording cleanup...', 'INFO'),
  python('frigate.events.cleanup', 'Exiting event cleanup...', 'INFO'),
  python('frigate.storage', 'Exiting storage maintainer...', 'INFO'),
  python('frigate.stats.emitter', 'Exiting stats emitter...', 'INFO'),
  python('frigate.watchdog', 'Exiting watchdog...', 'INFO'),
  ...['back', 'front', 'garage'].flatMap((name) => [
    python('frigate.app', `Waiting for process for ${name} to stop`, 'INFO'),
    python(`watchdog.${name}`, 'Terminating the existing ffmpeg process...', 'INFO'),
    python('frigate.video', `${name}: exiting subprocess`, 'INFO'),
    python('frigate.app', `Closing frame queue for ${name}`, 'INFO'),
  ]),
  python('frigate.app', 'Detection queue closed', 'INFO'),
  python('frigate.app', 'Detected frames queue closed', 'INFO'),
  python('frigate.comms.ws', 'Exiting websocket client...', 'INFO'),
  python('peewee.sqliteq', 'writer received shutdown request, exiting.', 'INFO'),
  stamped('[INFO] Service Frigate exited with code 0 (by signal 0)'),
  's6-rc: info: service nginx: stopping',
  stamped('[INFO] Service NGINX exited with code 0 (by signal 0)'),
  's6-rc: info: service nginx successfully stopped',
  's6-rc: info: service frigate successfully stopped',
  's6-rc: info: service go2rtc: stopping',
  stamped('[INFO] The go2rtc service exited with code 0 (by signal 0)'),
  's6-rc: info: service go2rtc successfully stopped',
  's6-rc: info: service s6rc-oneshot-runner: stopping',
  's6-rc: info: service s6rc-oneshot-runner successfully stopped',
];

/** The pattern that finds this very text. */
export const quoted = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
