/** The command map: what oclif's explicit strategy reads (package.json, "oclif"). */
import Ack from './commands/ack.js';
import Alerts from './commands/alerts.js';
import Bundle from './commands/bundle.js';
import Check from './commands/check.js';
import Completion from './commands/completion.js';
import Install from './commands/install.js';
import Notify from './commands/notify.js';
import Open from './commands/open.js';
import Pause from './commands/pause.js';
import ResetBreaker from './commands/reset-breaker.js';
import Restart from './commands/restart.js';
import Resume from './commands/resume.js';
import RunCron from './commands/run-cron.js';
import Serve from './commands/serve.js';
import State from './commands/state.js';
import Watch from './commands/watch.js';

export const COMMANDS = {
  check: Check,
  state: State,
  'reset-breaker': ResetBreaker,
  restart: Restart,
  pause: Pause,
  resume: Resume,
  ack: Ack,
  notify: Notify,
  'run-cron': RunCron,
  serve: Serve,
  open: Open,
  install: Install,
  alerts: Alerts,
  completion: Completion,
  watch: Watch,
  bundle: Bundle,
};
