/** Messages of the kubelet and of the container runtime, shortened to what happened. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {causeOfRuntime, essenceOf, essenceOfFailure} from '../../../src/core/checks/evidence/runtime-message.js';

const HOOK =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown";

describe('a message of the runtime', () => {
  it('is shortened to its last layers', () => {
    assert.equal(essenceOf(HOOK, 80), 'initialization error: nvml error: driver not loaded');
    assert.equal(essenceOf('secret "frigate-rtsp" not found'), 'secret "frigate-rtsp" not found');
  });

  it('keeps the end of a long layer before a short one', () => {
    const text = essenceOf(
      `error mounting "/var/lib/kubelet/pods/${'a'.repeat(80)}" to "/config/config.yml": not a directory`,
      60,
    );
    assert.equal(text.length, 60);
    assert.match(text, /^….*to "\/config\/config\.yml": not a directory$/);
  });

  it('is never longer than asked, for any text', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 400}), fc.integer({min: 20, max: 160}), (message, longest) => {
        assert.ok(essenceOf(message, longest).length <= longest);
      }),
    );
  });

  it('of an eviction is its first sentence, of a rejection its end', () => {
    const low = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 62Mi. ';
    assert.equal(essenceOfFailure({reason: 'Evicted', message: low}), 'The node was low on resource: memory');
    const lost = `Pod Allocate failed due to device plugin GetPreferredAllocation rpc failed with err: ${'x'.repeat(60)}: nvml: GPU is lost, which is unexpected`;
    assert.match(
      essenceOfFailure({reason: 'UnexpectedAdmissionError', message: lost}),
      /GPU is lost, which is unexpected$/,
    );
    assert.equal(essenceOfFailure({reason: 'Evicted', message: null}), '');
  });

  const causes: ReadonlyArray<readonly [message: string, cause: string]> = [
    [HOOK, 'node'],
    ['error gathering device information while adding custom device "/dev/apex_0": no such file or directory', 'node'],
    ['failed to stat "/var/lib/kubelet/pods/a/volumes/b/mount": stale NFS file handle', 'storage'],
    ['exec: "/usr/bin/frigate": stat /usr/bin/frigate: no such file or directory', 'config'],
    ['secret "frigate-rtsp" not found', 'config'],
  ];
  for (const [message, cause] of causes)
    it(`is a matter of ${cause}: ${message.slice(-60)}`, () => assert.equal(causeOfRuntime(message), cause));
});
