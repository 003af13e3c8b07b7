import assert from 'node:assert/strict';
import {parseSelector, selectorText} from '../../src/kubernetes/label-selector.js';

describe('label selectors', () => {
  const labels = {app: 'frigate', 'app.kubernetes.io/name': 'frigate', tier: 'nvr'};
  const cases: ReadonlyArray<readonly [string, boolean | null]> = [
    ['app=frigate', true],
    ['app==frigate', true],
    ['app=other', false],
    ['app!=other', true],
    ['app!=frigate', false],
    ['app.kubernetes.io/name=frigate,tier=nvr', true],
    ['app=frigate,tier=web', false],
    ['tier in (web, nvr)', true],
    ['tier in (web)', false],
    ['tier notin (web)', true],
    ['none notin (web)', true],
    ['none in (web)', false],
    ['tier', true],
    ['!tier', false],
    ['!none', true],
    ['none', false],
    ['app=frigate,tier in (a,nvr),!none', true],
    ['none!=x', true],
    ['=', null],
    ['', null],
    ['app=frigate,', null],
    ['a in b', null],
    ['app=fri gate', null],
  ];
  for (const [selector, holds] of cases)
    it(`"${selector}" ${holds === null ? 'cannot be read' : holds ? 'holds' : 'does not hold'}`, () =>
      assert.equal(parseSelector(selector)?.(labels) ?? null, holds));

  it('writes what the API server and this parser read', () => {
    const text = selectorText({
      matchLabels: {app: 'frigate'},
      matchExpressions: [
        {key: 'tier', operator: 'In', values: ['a', 'nvr']},
        {key: 'old', operator: 'DoesNotExist', values: []},
        {key: 'tier', operator: 'NotIn', values: ['x']},
        {key: 'tier', operator: 'Exists', values: []},
      ],
    });
    assert.equal(text, 'app=frigate,tier in (a,nvr),!old,tier notin (x),tier');
    assert.equal(parseSelector(text)?.(labels), true);
  });
});
