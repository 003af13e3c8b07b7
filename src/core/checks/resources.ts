/** Family 7: what Frigate and its host have to work with. None of it is cured by a restart, and none of it is ever critical. */
import type {Check} from './check.js';
import {graphics} from './resources/graphics.js';
import {memoryUse} from './resources/memory.js';
import {processorTime} from './resources/processor-time.js';

export const resourceChecks: readonly Check[] = [processorTime, memoryUse, graphics];
