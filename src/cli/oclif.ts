/** oclif's runner. A module of its own, imported statically here, because a lazy import of CommonJS has no named exports in a bundle. */
export {run} from '@oclif/core/run';
