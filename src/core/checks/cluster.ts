/** FRG-101 … 105: the cluster, the rights and clocks to look at it with, and the checker's own memory and life. */
import {alive} from './cluster/alive.js';
import {answers} from './cluster/answers.js';
import {clocks} from './cluster/clocks.js';
import {permissions} from './cluster/permissions.js';
import {state} from './cluster/state.js';
import type {Check} from './check.js';

export const clusterChecks: readonly Check[] = [answers, permissions, clocks, state, alive];
