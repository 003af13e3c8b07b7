/** FRG-201 … 207: the workload, its pod and container, and what the template says about them. */
import type {Check} from './check.js';
import {found} from './workload/found.js';
import {memoryLimit} from './workload/memory-limit.js';
import {rollout} from './workload/rollout.js';
import {running} from './workload/running.js';
import {sane} from './workload/sane.js';
import {sharedMemory} from './workload/shared-memory.js';
import {staysUp} from './workload/stays-up.js';

export const workloadChecks: readonly Check[] = [found, running, staysUp, rollout, memoryLimit, sharedMemory, sane];
