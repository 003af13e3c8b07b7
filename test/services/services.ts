/** Where the real servers of these tests are. */
import assert from 'node:assert/strict';

/** The value of a variable that says where a program or a server is. */
export const program = (variable: string): string => {
  const found = process.env[variable];
  assert.ok(found !== undefined && found !== '', `${variable} is not set: the real servers are not there`);
  return found;
};
