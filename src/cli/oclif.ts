/**
 * oclif's runner. A module of its own, imported statically here, because a lazy import of CommonJS has no named exports in a bundle.
 * Its command class comes with it: at its import it begins to throw errors of stdout, which main.ts then ends.
 */
import '@oclif/core/command';
export {run} from '@oclif/core/run';
