/** The signature without which macOS on arm64 starts nothing, against the one that LLVM's linker writes. */
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {gunzipSync} from 'node:zlib';
import {adHocSigned} from '../../scripts/release/mach-o-signature.js';

/** A program that returns at once, for arm64, as `ld64.lld -adhoc_codesign -o arm64` (LLVM 14) writes it, and without a signature. */
const signedByLlvm = gunzipSync(
  Buffer.from(
    'H4sIAAAAAAACA+3bTWgTQRQH8LebbAkYbS5CRCyJQjCiJlWRIh6iJphqMFVSDF7G1GxJaaKQpFJL0C20oHgR/MBjPHnRgyLeAjkpeFAKoiAa8FhoL17UHrRvslOTxoBBj/5/8NidmZ03' +
      '8ya5zpuV5R9uIo2YzrGR4zy/zJNPdtEWjjiHECNHjsfOxc4k6Tca/ZnMc7+ZJxVLp7rMj3RMUG1DxdoaQpTN6XLrs858Vd3+1tnWXsdJVue+7PoSw6dOxqLDqdb6Mk9VW7+ftbbWUfd2' +
      'IivcwznIPGF11l6OoYj9nuanPPENHCMdU3QVf2MT2Xn5N6bQVKkYyk+MhbJX8lk1vlXtI5GIekZHB6MPKte/bZ7bO7tPzbNrdDdDvjs4+jjrTq7X2+V8AxwejjDX4+JnULWH1PltU21L' +
      '1tvDH6fuEO8IAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADgf6AJMkgvZCYukl8UcsKcNi9MlU2RMzNZs0gBB1WNttvnVcN+yp5+rXXf3tVse+yUJO+Oi2ZO0SVnu5WGu84zfNS6' +
      'Tu9V/TKzi3SnXEwul+NIq294FxHLpzcvpvcg8qvaTLFw8EDbyJ3LX2eCi6Xx17dfxpP6rdP+0uHGp35z7u7Sk8CJhrHj8bVHT9OXXiyO153vFxYm9WTa+Fl5VpmZ/1C7Gb+x++G/jh99' +
      'u+fz1f2varUvwdK9Pv/HASuT3zXwffL5oWOzZ8fCy6tpJHwvoEEAAA==',
    'base64',
  ),
);
const unsigned = gunzipSync(
  Buffer.from(
    'H4sIAAAAAAACA+3bQUsCQRTA8bfqppCoR6NLdZA6aZ08GriUJCWhIF0GywUF7WAKdgkv3T126dA36Rt061v0BTpEM7sbbpuQdO3/g8fMrDtv3xvP8/L+9pEWsUSL6dBzaejJvWyZR7Kh' +
      '41iHUo3DI+fCOT+THyz5ncnz4OVpOu3mkv2VyIZgbQfx9Q2lxu50vHgtmm8e899NhNbfJGQWrcvvr147PXGqtebi+ybPNFLPNFRzuO8dkVlphXMweUrBWed1lCv+vK1Hc+Lr5vwjW2JB' +
      '/EVG/Lzmfy1ObkbFQf+y2L0ddIPfN4M66vVqq9Xarz7N7pLJx0z2INjn95j2wszjOtZ01l3db37J+RZ05HSUdD8pPe4F63JltXqf4+pVAAAAAAAAAAAAAAAAAAAAAAAAAAAAAOA/spTY' +
      'Eht2+teyrYY95U7dq8nYVT2303VHUojL3A7dPp/b/mieZK3FffuUt875KcXcHVdeTrUkp/EJ1iwVSHhAAAA=',
    'base64',
  ),
);

const LC_CODE_SIGNATURE = 0x1d;

interface Command {
  readonly command: number;
  readonly at: number;
}

const commandsOf = (file: Buffer): readonly Command[] => {
  const commands: Command[] = [];
  for (let at = 32, left = file.readUInt32LE(16); left > 0; left -= 1, at += file.readUInt32LE(at + 4))
    commands.push({command: file.readUInt32LE(at), at});
  return commands;
};

/** As the kernel reads it: what the directory says of the pages must be so. Returns how many there are. */
const verified = (file: Buffer, identifier: string): number => {
  const [command, ...others] = commandsOf(file).filter((each) => each.command === LC_CODE_SIGNATURE);
  assert.ok(command !== undefined && others.length === 0, 'one load command');
  const [offset, size] = [file.readUInt32LE(command.at + 8), file.readUInt32LE(command.at + 12)];
  assert.deepEqual([offset % 16, offset + size], [0, file.length], 'it is aligned, and the end of the file');
  const blob = file.subarray(offset);
  assert.deepEqual([blob.readUInt32BE(0), blob.readUInt32BE(4), blob.readUInt32BE(8)], [0xfade0cc0, size, 1]);
  const directory = blob.subarray(blob.readUInt32BE(16));
  assert.deepEqual(
    [directory.readUInt32BE(0), directory.readUInt32BE(4), directory.readUInt32BE(12)],
    [0xfade0c02, directory.length, 0x20002],
  );
  const nameAt = directory.readUInt32BE(20);
  assert.equal(directory.toString('latin1', nameAt, directory.indexOf(0, nameAt)), identifier);
  const [hashesAt, pages, limit] = [directory.readUInt32BE(16), directory.readUInt32BE(28), directory.readUInt32BE(32)];
  assert.deepEqual([limit, pages], [offset, Math.ceil(offset / 4096)]);
  for (let page = 0; page < pages; page += 1) {
    const hash = createHash('sha256')
      .update(file.subarray(page * 4096, Math.min((page + 1) * 4096, limit)))
      .digest();
    assert.ok(hash.equals(directory.subarray(hashesAt + page * 32, hashesAt + (page + 1) * 32)), `page ${page}`);
  }
  return pages;
};

describe('the ad-hoc signature of a Mach-O program', () => {
  it("is, byte for byte, that of LLVM's linker", () => {
    verified(signedByLlvm, 'arm64');
    assert.ok(adHocSigned(signedByLlvm, 'arm64').equals(signedByLlvm));
  });

  it('is added to a program that has none: every page is covered, and nothing else is moved', () => {
    const signed = adHocSigned(unsigned, 'kubectl-frigate_health');
    assert.equal(verified(signed, 'kubectl-frigate_health'), Math.ceil(unsigned.length / 4096));
    assert.equal(signed.readUInt32LE(16), unsigned.readUInt32LE(16) + 1);
    // All that differs lies in the header and its load commands.
    const commandsEnd = 32 + signed.readUInt32LE(20);
    assert.ok(signed.subarray(commandsEnd, unsigned.length).equals(unsigned.subarray(commandsEnd)));
  });

  it('takes the place of an older one, so that signing twice changes nothing', () => {
    const once = adHocSigned(unsigned, 'a');
    assert.ok(adHocSigned(once, 'a').equals(once));
    verified(adHocSigned(once, 'another-name-that-is-longer'), 'another-name-that-is-longer');
  });

  it('would be found wrong after any change', () => {
    const signed = adHocSigned(unsigned, 'a');
    for (const at of [40, unsigned.length >> 1, unsigned.length - 1]) {
      const spoilt = Buffer.from(signed);
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      assert.throws(() => verified(spoilt, 'a'));
    }
  });

  for (const [what, file, says] of [
    ['a program of another system', Buffer.from('\x7fELF'.padEnd(64, '\0'), 'latin1'), /no Mach-O/],
    ['an empty file', Buffer.alloc(0), /no Mach-O/],
    ['one with something behind its last segment', Buffer.concat([unsigned, Buffer.alloc(8)]), /follows __LINKEDIT/],
  ] as const)
    it(`is not written into ${what}`, () => assert.throws(() => adHocSigned(file, 'a'), says));
});
