import type {UnknownReason} from '../core/known.js';

/** containerd and CRI-O start no process for a program that is not there: no exit code 127, but runc's words in an error of the exec. */
export const isMissingProgram = (why: UnknownReason): boolean =>
  /executable file not found|no such file or directory.*unable to start container process|unable to start container process.*no such file or directory/i.test(
    why.message,
  );
