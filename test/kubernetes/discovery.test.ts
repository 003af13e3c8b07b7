import assert from 'node:assert/strict';
import type {FoundWorkload} from '../../src/kubernetes/objects/workload.js';
import {foundWorkload, workloadObject} from '../../src/kubernetes/objects/workload.js';
import {parseSelector} from '../../src/kubernetes/label-selector.js';
import {asFrigate, discover} from '../../src/kubernetes/workloads/discovery.js';
import {chooseContainer, imageBasename, isFrigateImage} from '../../src/kubernetes/workloads/frigate-container.js';

interface Given {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers: ReadonlyArray<{readonly name: string; readonly image: string; readonly port?: number}>;
}

const workload = ({name, labels = {}, annotations = {}, containers}: Given): FoundWorkload =>
  foundWorkload(
    'Deployment',
    workloadObject.parse({
      metadata: {name, namespace: 'home', uid: `uid-${name}`, labels, annotations},
      spec: {
        selector: {matchLabels: labels},
        template: {
          metadata: {labels},
          spec: {
            containers: containers.map(({name: container, image, port}) => ({
              name: container,
              image,
              ports: port === undefined ? null : [{containerPort: port}],
            })),
          },
        },
      },
    }),
  );

const IMAGE = 'ghcr.io/blakeblackshear/frigate:0.17.2';
const official = workload({
  name: 'nvr-frigate',
  labels: {'app.kubernetes.io/name': 'frigate', 'app.kubernetes.io/instance': 'nvr'},
  containers: [{name: 'frigate', image: IMAGE, port: 5000}],
});
const template = workload({
  name: 'frigate',
  labels: {'app.kubernetes.io/name': 'frigate'},
  containers: [{name: 'app', image: `${IMAGE}@sha256:abcdef`}],
});
const plain = workload({
  name: 'frigate',
  labels: {app: 'frigate'},
  containers: [
    {name: 'config-sync', image: 'alpine:3'},
    {name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:stable-tensorrt'},
  ],
});
const nameless = workload({name: 'cameras', containers: [{name: 'main', image: 'tccr.io/truecharts/frigate:v0.14.1'}]});
const rebuilt = workload({
  name: 'nvr',
  labels: {app: 'frigate'},
  containers: [{name: 'frigate', image: 'registry.example/home/nvr:1'}],
});
const rebuiltByPort = workload({
  name: 'home-frigate',
  containers: [{name: 'main', image: 'registry.example/home/nvr:1', port: 8971}],
});
const notify = workload({
  name: 'frigate-notify',
  labels: {app: 'frigate-notify'},
  containers: [{name: 'app', image: 'ghcr.io/0x2142/frigate-notify:v0.5'}],
});
const exporter = workload({
  name: 'frigate-exporter',
  labels: {'app.kubernetes.io/instance': 'frigate'},
  containers: [{name: 'main', image: 'rhysbailey/prometheus-frigate-exporter:3', port: 5000}],
});
const checker = workload({
  name: 'frigate-health-checker',
  labels: {'app.kubernetes.io/instance': 'frigate'},
  containers: [{name: 'app', image: 'ghcr.io/homeiac/frigate-health-checker:1'}],
});
const loadBalancer = workload({
  name: 'svclb-frigate-1234',
  labels: {app: 'svclb-frigate-1234'},
  containers: [{name: 'lb-tcp-5000', image: 'rancher/klipper-lb:v0.4', port: 5000}],
});
const doubleTake = workload({
  name: 'double-take',
  labels: {'app.kubernetes.io/instance': 'frigate'},
  containers: [{name: 'main', image: 'skrashevich/double-take:1', port: 5000}],
});
const mosquitto = workload({
  name: 'mosquitto',
  labels: {'app.kubernetes.io/instance': 'frigate'},
  containers: [{name: 'app', image: 'eclipse-mosquitto:2', port: 1883}],
});
const friends = [notify, exporter, checker, loadBalancer, doubleTake, mosquitto];

describe('discovery', () => {
  for (const [what, candidate] of Object.entries({official, template, plain, nameless, rebuilt, rebuiltByPort})) {
    it(`finds the ${what} one among its false friends, in any order`, () => {
      for (const list of [
        [candidate, ...friends],
        [...friends, candidate],
      ]) {
        const found = discover(list, null);
        assert.ok(found.found === 'one', found.found);
        assert.equal(found.candidate, candidate);
      }
    });
  }

  it('finds none among false friends alone', () => assert.deepEqual(discover(friends, null), {found: 'none'}));

  it('says several for two Frigates, whatever their labels', () => {
    const found = discover([official, nameless], null);
    assert.ok(found.found === 'several');
    assert.deepEqual(found.candidates, [official, nameless]);
  });

  it('prefers the image to what merely carries the label', () => {
    const found = discover([rebuilt, template], null);
    assert.ok(found.found === 'one');
    assert.equal(found.candidate, template);
  });

  it('looks only at what the selector holds for', () => {
    const found = discover([official, plain], parseSelector('app=frigate'));
    assert.ok(found.found === 'one');
    assert.equal(found.candidate, plain);
  });

  it('says when the one with the label has no container that could be Frigate’s', () => {
    const odd = workload({
      name: 'nvr',
      labels: {app: 'frigate'},
      containers: [
        {name: 'one', image: 'a/b'},
        {name: 'two', image: 'c/d'},
      ],
    });
    assert.equal(discover([odd], null).found, 'no-container');
  });
});

describe('the Frigate container', () => {
  const images: ReadonlyArray<readonly [string, boolean]> = [
    ['ghcr.io/blakeblackshear/frigate:0.17.2', true],
    ['ghcr.io/blakeblackshear/frigate@sha256:0011', true],
    ['frigate', true],
    ['registry:5000/frigate', true],
    ['blakeblackshear/frigate:0.11.1-tensorrt', true],
    ['blakeblackshear/frigate-amd64:1', true],
    ['ghcr.io/blakeblackshear/frigate:stable-standard-arm64@sha256:ff', true],
    ['someone/frigate-amd64:1', false],
    ['ghcr.io/0x2142/frigate-notify:1', false],
    ['blakeblackshear/frigate-notify:1', false],
    ['blakeblackshear/double-take', false],
    ['ghcr.io/blakeblackshear/frigate-hass-integration', false],
    ['localhost:5000/my/app:frigate', false],
    ['', false],
  ];
  for (const [image, is] of images)
    it(`${image || 'an empty image'} is ${is ? '' : 'not '}Frigate’s`, () => assert.equal(isFrigateImage(image), is));

  it('reads the last part of an image, past a registry’s port, tag and digest', () =>
    assert.equal(imageBasename('registry:5000/a/b:1@sha256:2'), 'b'));

  const chosen = (...containers: ReadonlyArray<readonly [string, string, number?]>): string | null =>
    chooseContainer(containers.map(([name, image, port]) => ({name, image, ports: port === undefined ? [] : [port]})))
      ?.name ?? null;

  it('is chosen by image before name, wherever it stands', () => {
    assert.equal(chosen(['frigate', 'nginx'], ['x', IMAGE]), 'x');
    assert.equal(chosen(['x', IMAGE], ['frigate', 'nginx']), 'x');
  });
  it('is told from a sidecar of the same image by its name, or else its port', () => {
    assert.equal(chosen(['sync', IMAGE], ['app', IMAGE]), 'app');
    assert.equal(chosen(['sync', IMAGE], ['nvr', IMAGE, 5000]), 'nvr');
    assert.equal(chosen(['sync', IMAGE], ['nvr', IMAGE]), null);
  });
  it('is chosen by name where no image tells: frigate, app, main', () => {
    assert.equal(chosen(['main', 'a'], ['app', 'b'], ['frigate', 'c']), 'frigate');
    assert.equal(chosen(['main', 'a'], ['app', 'b']), 'app');
    assert.equal(chosen(['main', 'a'], ['side', 'b']), 'main');
  });
  it('is never a single container by its place, nor a false friend by its name', () => {
    assert.equal(chosen(['nvr', 'a/b']), null);
    assert.equal(chosen(['app', 'ghcr.io/0x2142/frigate-notify']), null);
  });
});

describe('a Frigate among many workloads', () => {
  const frigate = [{name: 'frigate', image: IMAGE, port: 5000}];
  const rebuilt = [{name: 'frigate', image: 'registry.home/nvr:1', port: 5000}];
  const cases: ReadonlyArray<readonly [what: string, given: Given, by: 'labels' | 'image' | null]> = [
    [
      'with the label of the charts',
      {name: 'a', labels: {'app.kubernetes.io/name': 'frigate'}, containers: frigate},
      'labels',
    ],
    ['with the label of plain manifests', {name: 'a', labels: {app: 'frigate'}, containers: rebuilt}, 'labels'],
    ['with the image alone', {name: 'cameras', labels: {app: 'cameras'}, containers: frigate}, 'image'],
    [
      'without any sign',
      {name: 'cameras', labels: {app: 'cameras'}, containers: [{name: 'web', image: 'nginx'}]},
      null,
    ],
    [
      'with the label on something else',
      {name: 'mq', labels: {app: 'frigate'}, containers: [{name: 'mq', image: 'mosquitto'}]},
      null,
    ],
    ['that is a program around it', {name: 'frigate-notify', labels: {app: 'frigate'}, containers: rebuilt}, null],
    [
      'that wants to be left out',
      {name: 'a', labels: {app: 'frigate'}, annotations: {'frigate-health.io/ignore': 'true'}, containers: frigate},
      null,
    ],
    [
      'with another value of that annotation',
      {name: 'a', labels: {app: 'frigate'}, annotations: {'frigate-health.io/ignore': 'false'}, containers: frigate},
      'labels',
    ],
  ];
  for (const [what, given, by] of cases)
    it(`${what} is ${by === null ? 'none' : `found by its ${by}`}`, () =>
      assert.equal(asFrigate(workload(given), null)?.by ?? null, by));

  it('is found by a selector of its own alone, where one is given', () => {
    const narrowed = parseSelector('site=home');
    const given = {name: 'a', labels: {app: 'frigate', site: 'home'}, containers: frigate};
    assert.equal(asFrigate(workload(given), narrowed)?.by, 'labels');
    assert.equal(asFrigate(workload({...given, labels: {app: 'frigate'}}), narrowed), null);
  });
});
