/** The command map: what oclif's explicit strategy reads (package.json, "oclif"). */
import Check from './commands/check.js';
import Completion from './commands/completion.js';
import Install from './commands/install.js';
import ResetBreaker from './commands/reset-breaker.js';
import Restart from './commands/restart.js';
import RunCron from './commands/run-cron.js';
import State from './commands/state.js';
import Watch from './commands/watch.js';

export const COMMANDS = {
  check: Check,
  state: State,
  'reset-breaker': ResetBreaker,
  restart: Restart,
  'run-cron': RunCron,
  install: Install,
  completion: Completion,
  watch: Watch,
};
