import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {crc32, inflateRawSync} from 'node:zlib';
import {tarGz, zip, type ArchivedFile} from '../../scripts/release/archive.js';

const files: readonly ArchivedFile[] = [
  {name: 'kubectl-frigate_health', content: Buffer.from('#!/bin/sh\necho hello\n'), executable: true},
  {name: 'LICENSE', content: Buffer.from('MIT\n'.repeat(500)), executable: false},
  {name: 'empty', content: Buffer.alloc(0), executable: false},
  {name: 'block', content: Buffer.alloc(512, 'x'), executable: false},
];

describe('the archives of a release', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'frigate health archive '));
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it('are unpacked by tar, with the program executable', () => {
    writeFileSync(path.join(folder, 'a.tar.gz'), tarGz(files));
    const out = mkdtempSync(path.join(folder, 'out '));
    execFileSync('tar', ['-xzf', path.join(folder, 'a.tar.gz'), '-C', out]);
    assert.deepEqual(readdirSync(out).sort(), files.map(({name}) => name).sort());
    for (const {name, content, executable} of files) {
      assert.ok(readFileSync(path.join(out, name)).equals(content), name);
      assert.equal((statSync(path.join(out, name)).mode & 0o111) !== 0, executable, name);
    }
  });

  it('are well-formed zips, entry by entry', () => {
    const archive = zip(files);
    const end = archive.length - 22;
    assert.deepEqual([archive.readUInt32LE(end), archive.readUInt16LE(end + 10)], [0x06054b50, files.length]);
    let at = archive.readUInt32LE(end + 16);
    for (const {name, content, executable} of files) {
      assert.equal(archive.readUInt32LE(at), 0x02014b50);
      const [packed, length, nameLength, offset] = [
        archive.readUInt32LE(at + 20),
        archive.readUInt32LE(at + 24),
        archive.readUInt16LE(at + 28),
        archive.readUInt32LE(at + 42),
      ];
      assert.equal(archive.toString('utf8', at + 46, at + 46 + nameLength), name);
      assert.equal((archive.readUInt32LE(at + 38) >>> 16) & 0o777, executable ? 0o755 : 0o644);
      assert.equal(archive.readUInt32LE(offset), 0x04034b50);
      const from = offset + 30 + archive.readUInt16LE(offset + 26);
      const body = inflateRawSync(archive.subarray(from, from + packed));
      assert.ok(body.equals(content) && body.length === length);
      assert.equal(archive.readUInt32LE(at + 16), crc32(content));
      at += 46 + nameLength;
    }
    assert.equal(at, end);
  });

  it('are the same bytes each time', () => {
    assert.ok(tarGz(files).equals(tarGz(files)) && zip(files).equals(zip(files)));
  });
});
