/** Holds what was decided and told against what should have been. */
import type {Incident} from './incident.js';
import type {Played} from './play.js';

/** Everything that is wrong, in words; empty where it is as expected. */
export const wrongIn = ({expected, story}: Incident, {passes, mails}: Played): readonly string[] => {
  const wrong: string[] = [];
  const last = passes.at(-1);
  const restarts = passes.filter(({decision}) => decision.action === 'restart');
  if (restarts.length !== expected.restarts) wrong.push(`${restarts.length} restarts, not ${expected.restarts}`);
  const late = restarts.find(({number}) => number > (expected.restartBy ?? number));
  if (late !== undefined) wrong.push(`restarted in pass ${late.number}, not by ${expected.restartBy ?? 0}`);
  const before =
    story.fromTheFirstLook === true
      ? undefined
      : passes.find(({number, decision}) => number < 1 && decision.action === 'restart');
  if (before !== undefined) wrong.push('a restart before anything was wrong');
  if (last?.diagnosis.health !== expected.health)
    wrong.push(`${last?.diagnosis.health ?? 'nothing'} in the end, not ${expected.health}`);
  const cause = last?.diagnosis.cause ?? null;
  if (expected.causes.length > 0 && (cause === null || !expected.causes.includes(cause)))
    wrong.push(`the cause is ${cause ?? 'none'}, not ${expected.causes.join(' or ')}`);
  const {finding} = expected;
  if (finding !== null && !passes.some(({number, diagnosis}) => number > 0 && diagnosis.primary.includes(finding)))
    wrong.push(`${finding} leads in no pass`);
  const told = mails.filter(({kind}) => kind !== 'ended').length;
  const [least, most] = expected.mails;
  if (mails.length < least || mails.length > most) wrong.push(`${mails.length} mails, not ${least} to ${most}`);
  if (least > 0 && told === 0) wrong.push('nobody is told');
  const {toldBy, lasts} = expected;
  const first = mails.find(({pass}) => pass > 0)?.pass ?? Number.POSITIVE_INFINITY;
  if (toldBy !== undefined && first > toldBy) wrong.push(`told in pass ${first}, not by ${toldBy}`);
  const over = mails.find(({kind}) => kind === 'ended');
  if (lasts === true && over !== undefined) wrong.push(`called over in pass ${over.pass}`);
  if (expected.says !== undefined && !mails.some(({mail}) => expected.says?.test(mail.text) === true))
    wrong.push(`no mail says ${String(expected.says)}`);
  if (expected.never !== undefined && mails.some(({mail}) => expected.never?.test(mail.text) === true))
    wrong.push(`a mail says ${String(expected.never)}`);
  for (const id of expected.notOk ?? [])
    if (last?.findings.some((each) => each.id === id && each.status === 'ok') === true)
      wrong.push(`${id} is called ok`);
  return wrong;
};
