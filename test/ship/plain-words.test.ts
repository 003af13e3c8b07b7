/** No private word in code, documents and golden files: the terms of CONTRIBUTING.md and of Kubernetes instead. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {bannedWords, splitNames, wordHits, type AllowedUse} from './plain-words.js';

const root = path.join(import.meta.dirname, '..', '..');

const allowed: readonly AllowedUse[] = [
  {under: ['src/'], use: /\blastSeen\b/g, why: 'the field of our events, from lastTimestamp of Kubernetes'},
  {
    under: ['src/core/', 'src/outcome/', 'src/report/', 'src/simulator/'],
    use: /'told'|\bincident\??\.told\b|\btold: (?:true|false|flag|boolean)\b/g,
    why: 'a stored key of the state document',
  },
  {
    under: ['src/simulator/', 'README.md', 'test/tui/golden/'],
    use: /\bgate\b/g,
    why: 'the name of a camera in the demo scenarios',
  },
  {
    under: ['src/simulator/node/kernel-files.ts'],
    use: /S \(sleeping\)/g,
    why: 'the state of a process in /proc/PID/status',
  },
  {
    under: ['src/simulator/api/verbs.ts'],
    use: /invalid character looking for beginning of value/g,
    why: 'a message of the API server',
  },
  {
    under: ['docs/detection-times.md'],
    use: /`go2rtc-dead`/g,
    why: 'the name of a fault of the simulated Frigate',
  },
  {under: ['docs/checks/'], use: /\bis_alive\b/g, why: 'a name of Frigate'},
  {under: ['src/core/'], use: /'sight'|`sight`/g, why: 'a stored key of the state document'},
];

const filesUnder = (folder: string, isWanted: (file: string) => boolean): readonly string[] =>
  readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'})
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
    .filter(isWanted);

const searched = [
  ...filesUnder('src', (file) => /\.tsx?$/.test(file)),
  ...filesUnder('docs', (file) => file.endsWith('.md')),
  ...filesUnder('deploy', (file) => /\.(?:ya?ml|md)$/.test(file)),
  ...filesUnder('test', (file) => /\/golden\/.+\.[a-z]+$/.test(file)),
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
];

describe('plain words', () => {
  it('stand in code, documents and golden files', () => {
    assert.ok(searched.length > 300, `only ${searched.length} files were searched`);
    const hits = searched.flatMap((file) =>
      wordHits(file, readFileSync(path.join(root, file), 'utf8'), allowed).map(
        ({line, word, instead, text}) => `${file}:${line} "${word}": write ${instead}\n    ${text}`,
      ),
    );
    assert.deepEqual(hits, [], `\n${hits.join('\n')}`);
  });

  it('are needed: each use that is allowed occurs', () => {
    for (const {under, use, why} of allowed) {
      const files = searched.filter((file) => under.some((start) => file.startsWith(start)));
      const isUsed = files.some((file) => readFileSync(path.join(root, file), 'utf8').search(use) >= 0);
      assert.ok(isUsed, `nothing under ${under.join(', ')} matches ${String(use)} (${why}); take it out of the list`);
    }
  });

  for (const {word, planted, instead, pagesOnly} of bannedWords)
    it(`refuses ${word}`, () => {
      const file = pagesOnly === true ? 'docs/watch.md' : 'src/index.ts';
      const [hit] = wordHits(file, `// fine\n${planted}\n`, allowed);
      assert.equal(hit?.line, 2);
      assert.equal(hit.instead, instead);
    });

  it('allows a word only where the list says so', () => {
    const line = 'event.lastSeen;';
    assert.deepEqual(wordHits('src/kubernetes/cluster.ts', line, allowed), []);
    assert.equal(wordHits('docs/watch.md', line, allowed).length, 1);
    assert.equal(wordHits('src/index.ts', `${line} // it was seen`, allowed).length, 1);
  });

  it('are no part of a longer word, nor of a word of two parts that is plain', () => {
    assert.deepEqual(
      wordHits('src/index.ts', 'lookup lookUp look-up copyrights foretells mushroom keepAlive: true'),
      [],
    );
  });

  it('are found in names of every form', () => {
    assert.equal(splitNames('lastLook LAST_LOOK HTTPLook'), 'last Look LAST LOOK HTTP Look');
  });
});
