/** `run-cron`: one headless pass for the CronJob. Exit 0 when it did its duty, whatever Frigate's health. */
import {STARVED_FIX} from '../core/known.js';
import {humanDuration, rfc3339, seconds} from '../core/time.js';
import {withDeadline} from '../kubernetes/attention.js';
import {EXIT} from '../report/exit-code.js';
import {CommandFailure} from '../report/failure.js';
import {exitOf, troubleOf} from './access.js';
import type {Context} from './context.js';
import {journalLine, type Journal} from './journal.js';
import {openWorld} from './open-world.js';
import {runPass, type Pass} from './run-pass.js';
import type {World} from './world.js';

/** A pass that lost less to others says nothing of it. */
const TOLD_LOSS = seconds(1);

export const runCron = async (
  context: Context,
  {dryRun}: {readonly dryRun: boolean},
): Promise<{readonly exitCode: number}> => {
  const {world, close} = await openWorld(context, 'run-cron');
  try {
    const pass = world.newId();
    const journal = journalOf(context, world, pass);
    journal('pass.begun', {
      version: world.version,
      namespace: world.namespace,
      workload: world.settings.workload,
      mode: dryRun ? 'dry-run' : world.settings.policy.mode,
    });
    const {result: outcome, lost} = await withDeadline(context.signal, null, () =>
      runPass(world, {request: null, dryRun}, journal, context.signal),
    );
    const exitCode = interruptionOf(context.signal) ?? dutyOf(outcome);
    tellMissingRights(journal, outcome);
    if (lost >= TOLD_LOSS)
      journal('pass.starved', {
        lostMs: Math.round(lost),
        summary: `this checker did not run for ${humanDuration(lost)} of this pass (no processor time)`,
        fix: STARVED_FIX,
      });
    const {
      judgement: {diagnosis, decision},
      end,
    } = outcome;
    journal('pass.ended', {
      health: diagnosis.health,
      action: decision.action,
      rule: decision.rule,
      exitCode,
      lostMs: Math.round(lost),
      end: end.kind,
      ...('detail' in end ? {detail: end.detail} : {}),
    });
    return {exitCode};
  } finally {
    await close();
  }
};

/** Each missing right by its name, with the commands that add it: a red Job alone says nothing. */
const tellMissingRights = (journal: Journal, {judgement: {findings}}: Pass): void => {
  const finding = findings.find(({id, status}) => id === 'FRG-102' && status === 'critical');
  if (finding === undefined) return;
  journal('warning', {
    check: finding.id,
    summary: finding.summary,
    missing: finding.evidence.map(({value}) => value),
    fix: finding.fix,
  });
};

/** One JSON object a line; `time` is the API server's where it is known. */
const journalOf =
  ({stdout}: Context, {cluster, clock}: World, pass: string): Journal =>
  (event, fields) => {
    stdout(`${journalLine({time: rfc3339(cluster.serverTime() ?? clock.now()), event, pass}, fields)}\n`);
  };

/** SIGINT and SIGTERM say their own exit code; `null`: neither came. */
const interruptionOf = ({reason}: AbortSignal): number | null =>
  reason instanceof CommandFailure ? reason.exitCode : null;

/**
 * Non-zero from the first pass on in which the tool could not do its duty: nothing could be seen, remembered or done
 * (docs/how-it-decides.md, "The rules"). A lost compare-and-swap is somebody else doing it.
 */
export const dutyOf = ({sight: {observation}, judgement: {diagnosis, decision}, end}: Pass): number => {
  // Whatever answers there, it is no API server.
  if (!observation.apiServer.known)
    return observation.apiServer.why.code === 'starved'
      ? EXIT.unknown
      : EXIT[troubleOf(observation.apiServer.why.code)];
  if (!observation.workload.known) return exitOf(observation.workload.why.code);
  if (!observation.state.known) return exitOf(observation.state.why.code);
  if (observation.missingRights.known && observation.missingRights.value.length > 0) return EXIT.forbidden;
  switch (end.kind) {
    case 'done':
      return diagnosis.health === 'unknown' || decision.rule === 'R-03' ? EXIT.unknown : EXIT.ok;
    case 'conflict':
      return EXIT.ok;
    case 'failed':
      return end.why === null ? EXIT.unknown : exitOf(end.why.code);
    case 'in-doubt':
      return EXIT.unknown;
    case 'interrupted':
      return EXIT.unknown;
  }
};
