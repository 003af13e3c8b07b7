/** `run-cron`: one headless pass for the CronJob. Exit 0 when it did its duty, whatever Frigate's health. */
import {STARVED_FIX, type Known} from '../core/known.js';
import type {CustomFinding} from '../core/custom/custom-check.js';
import {customBecauseText} from '../core/custom/judge.js';
import type {WorkloadSearch} from '../core/observation/workload.js';
import {scriptOf} from '../core/fix.js';
import {humanDuration, rfc3339, seconds} from '../core/time.js';
import {withDeadline} from '../kubernetes/attention.js';
import {EXIT} from '../outcome/exit-code.js';
import {CommandFailure} from '../outcome/failure.js';
import {exitOf, exitWithoutApi} from '../pass/access.js';
import type {Context} from '../pass/context.js';
import type {CustomProbes} from '../pass/custom-probes.js';
import {journalTo, type Journal} from '../pass/journal.js';
import {openPorts} from '../pass/open-ports.js';
import {isServedPass, runPassUnlessServed, type Pass} from '../pass/run-pass.js';
import type {PassPorts} from '../pass/ports.js';
import {permissionsCommand} from './install/again.js';
import type {InstallTarget} from './install/find.js';

/** A pass that lost less to others says nothing of it. */
const REPORTED_LOSS = seconds(1);

export const runCron = async (
  context: Context,
  {dryRun}: {readonly dryRun: boolean},
): Promise<{readonly exitCode: number}> => {
  const {ports, close} = await openPorts(context, 'run-cron');
  try {
    const pass = ports.newId();
    const journal = journalTo(context.stdout, ports, pass);
    journal('pass.begun', {
      version: ports.version,
      namespace: ports.namespace,
      workload: ports.settings.workload,
      mode: dryRun ? 'dry-run' : ports.settings.policy.mode,
    });
    for (const summary of ports.settings.warnings) journal('warning', {summary});
    // Begun beside the pass and read after its end: nothing in the pass waits for it.
    const asked = askCustom(ports, context.signal);
    const {result: outcome, lost} = await withDeadline(context.timers, context.signal, null, () =>
      runPassUnlessServed(ports, {request: null, dryRun}, journal, context.signal),
    );
    if (isServedPass(outcome)) {
      await asked;
      const exitCode = interruptionOf(context.signal) ?? EXIT.ok;
      journal('pass.ended', {
        exitCode,
        end: 'served',
        detail: `serve is active: its last pass was at ${rfc3339(outcome.servedAt)} (${outcome.by})`,
      });
      return {exitCode};
    }
    const exitCode = interruptionOf(context.signal) ?? dutyOf(outcome);
    if (!dryRun) await beat(ports, context, exitCode === EXIT.ok, journal);
    journalMissingPermissions(journal, ports, outcome);
    journalCustom(journal, (await asked)?.findings(outcome.judgement.findings, outcome.observed.observation) ?? []);
    if (lost >= REPORTED_LOSS)
      journal('pass.starved', {
        lostMs: Math.round(lost),
        summary: `this checker did not run for ${humanDuration(lost)} of this pass (no processor time)`,
        fix: scriptOf(STARVED_FIX),
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

/**
 * Calls the dead-man's switch. In its own time, so that an interrupted pass says so too; it changes nothing about how the pass ends. A
 * dry run is a person's: it must not say that the CronJob runs.
 */
const beat = async (
  {settings: {heartbeatUrl}}: PassPorts,
  {timers}: Context,
  didItsDuty: boolean,
  journal: Journal,
): Promise<void> => {
  if (heartbeatUrl === null) return;
  const {callHeartbeat} = await import('../notify/heartbeat.js');
  const call = await callHeartbeat(heartbeatUrl, didItsDuty, timers, new AbortController().signal);
  if (call.kind === 'delivered') journal('heartbeat.sent', {duty: didItsDuty ? 'done' : 'failed'});
  else journal('heartbeat.failed', {reason: call.why});
};

/** Never rejects: a bug in a check of the user's own must not end a pass. */
const askCustom = async ({custom}: PassPorts, signal: AbortSignal): Promise<CustomProbes | undefined> => {
  try {
    await custom?.ask(signal);
  } catch {
    // What was not asked is `unknown`.
  }
  return custom;
};

/** One line for each check of the user's own. Whatever it found, the pass did its duty. */
const journalCustom = (journal: Journal, findings: readonly CustomFinding[]): void => {
  for (const {id, status, summary, because, fix, took} of findings)
    journal('custom.check', {
      check: id,
      status,
      summary,
      ...(because === null ? {} : {because: customBecauseText(because)}),
      ...(fix === null ? {} : {fix}),
      tookMs: took,
    });
};

/** Each missing permission by its name, with the one command that adds them all: a red Job alone says nothing. */
const journalMissingPermissions = (
  journal: Journal,
  {namespace, settings}: PassPorts,
  {observed: {observation}, judgement: {findings}}: Pass,
): void => {
  const finding = findings.find(({id, status}) => id === 'FRG-102' && status === 'critical');
  if (finding === undefined) return;
  journal('warning', {
    check: finding.id,
    summary: finding.summary,
    missing: finding.evidence.map(({value}) => value),
    fix: permissionsCommand(settings.origins, {namespace, workload: targetOf(observation.workload, settings.workload)}),
  });
};

const targetOf = (search: Known<WorkloadSearch>, name: string): InstallTarget['workload'] =>
  search.known && search.value.found === 'one'
    ? {kind: search.value.workload.kind, name: search.value.workload.name}
    : {kind: 'Deployment', name};

/** SIGINT and SIGTERM say their own exit code; `null`: neither came. */
const interruptionOf = ({reason}: AbortSignal): number | null =>
  reason instanceof CommandFailure ? reason.exitCode : null;

/**
 * Non-zero from the first pass on in which the tool could not do its duty: nothing could be observed, stored or done
 * (docs/how-it-decides.md, "The rules"). A lost compare-and-swap is somebody else doing it.
 */
export const dutyOf = ({observed: {observation}, judgement: {diagnosis, decision}, end}: Pass): number => {
  // Whatever answers there, it is no API server.
  if (!observation.apiServer.known) return exitWithoutApi(observation.apiServer.why.code);
  if (!observation.workload.known) return exitOf(observation.workload.why.code);
  if (!observation.state.known) return exitOf(observation.state.why.code);
  if (observation.missingPermissions.known && observation.missingPermissions.value.length > 0) return EXIT.forbidden;
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
