/** A quota, a limit range or a webhook that refuses the new pod of a rollout (seen on API server 1.34). */
import {scriptOf} from '../../../src/core/fix.js';
import {failureText, progressText} from '../../../src/core/rollout/wording.js';
import assert from 'node:assert/strict';
import {commandsOf} from '../../support/messages.js';
import {progressOf, type Progress} from '../../../src/core/rollout/progress.js';
import {seconds, type Instant} from '../../../src/core/time.js';
import {found} from '../../support/frigate-cases.js';
import {ago, aPod, aWorkload, now, withWorkload} from '../../support/observation.js';

const WHY =
  'pods "frigate-6446ff7b58-wrtdl" is forbidden: exceeded quota: one, requested: pods=1, used: pods=1, limited: pods=1';
const refused = (since: Instant | null) => ({
  updatedReplicas: 0,
  conditions: [
    {type: 'ReplicaFailure', status: 'True' as const, reason: 'FailedCreate', message: WHY, lastTransition: since},
  ],
});
const old = aPod({name: 'old', uid: 'old'});

const progress = (since: Instant | null, pods = [old]): Progress =>
  progressOf({
    workload: aWorkload(refused(since)),
    flags: ' --context home -n frigate',
    pods,
    events: [],
    oldPods: new Set(['old']),
    sentAt: ago(seconds(40)),
    now,
    api: null,
    expectedCameras: 3,
  });

describe('a rollout whose new pod is refused', () => {
  it('is followed for a moment, because a quota counts the old pod longer than it is there', () => {
    const looked = progress(ago(seconds(5)));
    assert.deepEqual([looked.kind, progressText(looked)], ['waiting', `the new pod was refused: ${WHY}`]);
  });

  it('is followed as long as the old pod ends', () => {
    assert.equal(progress(ago(seconds(30)), [aPod({...old, deletingSince: ago(seconds(35))})]).kind, 'waiting');
  });

  for (const [when, since] of [
    ['has stood for a while', ago(seconds(20))],
    ['does not tell since when', null],
  ] as const)
    it(`is not waited for when that ${when}`, () => {
      const looked = progress(since);
      assert.ok(looked.kind === 'failed', looked.kind);
      assert.equal(failureText(looked.why), `no new pod can be created: ${WHY}`);
      assert.match(scriptOf(looked.fix), /^kubectl --context home -n frigate describe deployment\/frigate$/);
    });

  it('is a warning of FRG-204, with the reason', () => {
    const finding = found('FRG-204', withWorkload(refused(ago(seconds(20)))));
    assert.deepEqual([finding.status, finding.cure], ['warning', 'none']);
    assert.match(
      finding.summary,
      /^Rollout of deployment\/frigate creates no new pod: pods "frigate-6446ff7b58-wrtdl" is forbidden: exceeded quota/,
    );
    assert.match(commandsOf(finding.fix), /describe deployment\/frigate/);
  });
});
