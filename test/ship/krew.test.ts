import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import packageFile from '../../package.json' with {type: 'json'};
import {archiveOf, executableOf, PLUGIN, TARGETS} from '../../scripts/release/targets.js';
import {brokenRules, renderTemplate, type Plugin} from './krew.js';

const root = path.resolve(import.meta.dirname, '../..');
const template = readFileSync(path.join(root, '.krew.yaml'), 'utf8');
const checksum = (url: string): string => createHash('sha256').update(url).digest('hex');
const rendered = (): Plugin => parse(renderTemplate(template, 'v1.2.3', checksum)) as Plugin;

describe('.krew.yaml', () => {
  it('breaks none of krew’s rules once the bot has filled it in', () => {
    assert.deepEqual(brokenRules(rendered(), 'frigate-health'), []);
  });

  it('leaves nothing of the template behind, and the checksum of each address', () => {
    const text = renderTemplate(template, 'v1.2.3', checksum);
    assert.doesNotMatch(text, /\{\{|\}\}|TagName/);
    for (const {uri, sha256} of rendered().spec.platforms) assert.equal(sha256, checksum(uri));
  });

  it('names exactly the archives and programs that are made', () => {
    const named = rendered().spec.platforms.map(({selector, uri, bin}) => [
      selector?.matchLabels,
      uri.split('/').at(-1),
      bin,
    ]);
    assert.deepEqual(
      named,
      TARGETS.map((target) => [{os: target.os, arch: target.arch}, archiveOf(target), executableOf(target)]),
    );
  });

  it('is the plugin that kubectl finds as frigate-health', () => {
    assert.equal(PLUGIN, `kubectl-${rendered().metadata.name.replaceAll('-', '_')}`);
    assert.ok(Object.keys(packageFile.bin).includes(PLUGIN));
  });

  it('goes with a licence, which krew wants in each archive', () => {
    assert.ok(existsSync(path.join(root, 'LICENSE')));
    assert.equal(packageFile.license, 'MIT');
  });

  const broken: ReadonlyArray<readonly [string, RegExp, (plugin: Plugin) => unknown]> = [
    ['another apiVersion', /apiVersion is/, (plugin) => ({...plugin, apiVersion: 'v1'})],
    ['another kind', /kind is/, (plugin) => ({...plugin, kind: 'Pluginn'})],
    ['an unsafe name', /the name is safe/, (plugin) => ({...plugin, metadata: {name: '../x'}})],
    ['another name than the file', /the file has the name/, (plugin) => ({...plugin, metadata: {name: 'frigate'}})],
    [
      'a name with the prefix of kubectl',
      /not one that kubectl has/,
      (plugin) => ({...plugin, metadata: {name: 'kubectl-frigate'}}),
    ],
    ['a version without v', /semantic version/, (plugin) => ({...plugin, spec: {...plugin.spec, version: '1.2.3'}})],
    [
      'no short description',
      /there is a short description/,
      (plugin) => ({...plugin, spec: {...plugin.spec, shortDescription: ' '}}),
    ],
    [
      'a short description of two lines',
      /one line/,
      (plugin) => ({...plugin, spec: {...plugin.spec, shortDescription: 'a\nb'}}),
    ],
    [
      'a long short description',
      /at most 50/,
      (plugin) => ({...plugin, spec: {...plugin.spec, shortDescription: 'x'.repeat(51)}}),
    ],
    ['no homepage', /homepage/, (plugin) => ({...plugin, spec: {...plugin.spec, homepage: undefined}})],
    ['no platform', /there is a platform/, (plugin) => ({...plugin, spec: {...plugin.spec, platforms: []}})],
    [
      'the same platform twice',
      /no two platforms/,
      (plugin) => ({
        ...plugin,
        spec: {...plugin.spec, platforms: [plugin.spec.platforms[0], plugin.spec.platforms[0]]},
      }),
    ],
    [
      'a field that krew does not know',
      /[Uu]nrecognized/,
      (plugin) => ({...plugin, spec: {...plugin.spec, labels: {}}}),
    ],
    ...(
      [
        ['a bare executable for an archive', /zip or tar\.gz/, {uri: 'https://example.com/kubectl-frigate_health'}],
        ['an address without TLS', /https/, {uri: 'http://example.com/a.zip'}],
        ['an upper-case checksum', /lower-case/, {sha256: 'A'.repeat(64)}],
        ['a short checksum', /64/, {sha256: 'a'.repeat(63)}],
        ['a program outside of the archive', /there is a program/, {bin: '../kubectl-frigate_health'}],
        ['no program', /there is a program/, {bin: ''}],
        ['an empty selector', /not empty/, {selector: {matchLabels: {}}}],
        ['a selector by something else', /only os and arch/, {selector: {matchLabels: {os: 'linux', variant: 'musl'}}}],
        ['an empty list of files', /files are absent/, {files: []}],
        [
          'a script for Windows',
          /real \.exe/,
          {bin: 'kubectl-frigate_health.cmd', selector: {matchLabels: {os: 'windows', arch: 'amd64'}}},
        ],
      ] as const
    ).map(
      ([what, says, change]) =>
        [
          what,
          says,
          (plugin: Plugin): unknown => ({
            ...plugin,
            spec: {...plugin.spec, platforms: [{...plugin.spec.platforms[0], ...change}]},
          }),
        ] as const,
    ),
  ];
  for (const [what, says, change] of broken) {
    it(`would be refused with ${what}`, () => {
      const rules = brokenRules(JSON.parse(JSON.stringify(change(rendered()))), 'frigate-health');
      assert.ok(
        rules.some((rule) => says.test(rule)),
        rules.join('\n'),
      );
    });
  }
});
