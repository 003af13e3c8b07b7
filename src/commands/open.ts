/** `open`: the status page of the daemon in a browser of this machine. */
import {BaseCommand} from '../cli/base-command.js';
import {openBrowser} from '../cli/browser.js';
import {demoFlag, kubeFlags, settingFlags} from '../cli/flags.js';
import {openFlags} from '../cli/serve-flags.js';

export default class Open extends BaseCommand {
  static override summary = 'Open the status page of the daemon (`serve`) in the cluster on this machine.';
  static override description =
    'Forwards a port of 127.0.0.1 to the pod of the daemon and adds a bearer token to each request: yours of the kubeconfig, or one of --account. Only the printed address is let in. Runs until Ctrl-C. --demo needs no cluster: it runs the daemon itself over simulated Frigates.';
  static override usage = 'open [FLAGS]';
  static override flags = {...openFlags, namespace: settingFlags.namespace, ...demoFlag, ...kubeFlags};
  static override examples = [
    '<%= config.bin %> open -n frigate',
    '<%= config.bin %> open -n frigate --account viewer',
    '<%= config.bin %> open --no-browser --port 8080',
    '<%= config.bin %> open --demo=fleet',
  ];

  async run(): Promise<void> {
    const {flags} = await this.parse(Open);
    const {built, env, isAtTerminal, readFile} = this.runtime;
    const context = await this.context(flags, {workload: null, preferInCluster: false});
    const show = (printed: string, given: () => string): void => {
      this.print(`${printed}\n`);
      if (isAtTerminal && !flags['no-browser']) openBrowser(given(), env);
    };
    if (flags.demo === undefined) {
      const {open} = await import('../usecases/open/open.js');
      await open(context, {port: flags.port, account: flags.account ?? null}, ({url, onceUrl, pod, namespace, owner}) =>
        show(`${url}\nPod ${pod} in namespace ${namespace}, with the token of ${owner}. Ctrl-C ends it.`, onceUrl),
      );
    } else {
      const {openDemo} = await import('../usecases/open/demo.js');
      await openDemo(context, {port: flags.port, built, readFile, random: Math.random}, (url) =>
        show(`${url}\nA simulated cluster. Ctrl-C ends it.`, () => url),
      );
    }
    // Asked to end, and ended: no failure.
    this.runtime.setExitCode(0);
  }
}
