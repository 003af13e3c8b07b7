/** The memory cgroup of Frigate's container, as `cat` shows its use and its `memory.stat`. */
import {known, unknown, type Known} from '../../core/known.js';
import type {MemoryUse} from '../../core/observation/memory-use.js';

/** Of both versions; those of the other one are not there, which `cat` says on stderr and by its exit code. */
export const CGROUP_FILES = [
  '/sys/fs/cgroup/memory.current',
  '/sys/fs/cgroup/memory/memory.usage_in_bytes',
  '/sys/fs/cgroup/memory.stat',
  '/sys/fs/cgroup/memory/memory.stat',
] as const;

/**
 * v2: `memory.current` less `inactive_file`. v1: `memory.usage_in_bytes` less `total_inactive_file`, which counts the children as the use
 * does (docs.kernel.org, cgroup-v2 and cgroup-v1/memory). As the kubelet computes the working set (google/cadvisor, container/libcontainer).
 */
export const parseCgroup = (text: string): Known<MemoryUse> => {
  const [first = '', ...rest] = text.split('\n');
  const stat = new Map(
    rest.flatMap((line) => {
      const match = /^(\w+) (\d+)$/.exec(line);
      return match?.[1] === undefined ? [] : [[match[1], Number(match[2])] as const];
    }),
  );
  const inactive = stat.get('total_inactive_file') ?? stat.get('inactive_file');
  if (!/^\d+$/.test(first) || inactive === undefined)
    return unknown('garbled', 'cat /sys/fs/cgroup: no use of memory in it');
  return known({workingSet: Math.max(0, Number(first) - inactive), source: 'cgroup', at: null});
};
