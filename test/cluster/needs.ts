/** Tests that a cluster or a machine may not allow: shown as pending by the name of what they need, never passed over silently. */

/** `it` where there is something, else a pending test that names what is missing. */
export const needs =
  (what: string, there: string | null | undefined): ((title: string, run: Mocha.Func | Mocha.AsyncFunc) => void) =>
  (title, run) => {
    if (there) it(title, run);
    else it(`${title} (not tried: ${what} is missing)`);
  };
