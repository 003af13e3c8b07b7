/** `serve`: the daemon over every Frigate that it finds. JSON lines on stdout, the rest over HTTP. */
import {seconds} from '../core/time.js';
import {BaseCommand} from '../cli/base-command.js';
import {facesOptions} from '../cli/faces-options.js';
import {demoFlag, kubeFlags, settingFlags} from '../cli/flags.js';
import {durationOf, pollOf, refreshOf} from '../cli/kube-options.js';
import {faceFlags, serveFlags} from '../cli/serve-flags.js';

export default class Serve extends BaseCommand {
  static override summary = 'Run as a daemon: find every Frigate, observe it all the time, repair it and notify.';
  static override description =
    'Ends with SIGTERM within 5 seconds. Of several replicas the one that holds the Lease frigate-health acts.';
  static override usage = 'serve [FLAGS]';
  static override flags = {...serveFlags, ...faceFlags, ...demoFlag, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> serve',
    '<%= config.bin %> serve -A',
    '<%= config.bin %> serve --demo=fleet',
  ];

  async run(): Promise<void> {
    const {flags} = await this.parse(Serve);
    const refreshEvery = refreshOf(flags.refresh);
    const poll = flags.poll === undefined ? null : pollOf(flags.poll);
    const pause = durationOf('breaker-pause', flags['breaker-pause']) ?? seconds(30);
    const context = await this.context(flags, {workload: null, preferInCluster: true});
    const {serve} = await import('../usecases/serve/serve.js');
    const {facesOf} = await import('../usecases/serve/faces.js');
    // A simulated cluster has few Frigates, and all of them are to be shown.
    const everywhere = flags['all-namespaces'] || (flags.demo !== undefined && flags.namespaces === undefined);
    await serve(
      context,
      {
        namespaces: everywhere ? null : this.names(flags.namespaces),
        refreshEvery,
        poll,
        targetsFile: flags.targets ?? null,
        readFile: this.runtime.readFile,
        breaker: {failures: flags['breaker-failures'], pause},
        random: Math.random,
      },
      facesOf(facesOptions(flags, this.runtime), context.settings),
    );
    // Asked to end, and ended: no failure.
    this.runtime.setExitCode(0);
  }
}
