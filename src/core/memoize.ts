/**
 * Facts that many checks ask of one and the same thing, worked out once: with 500 cameras they are asked thousands of times in a pass.
 * An observation never changes after it was made, so the answer is what computing it again would give; nothing is carried over to
 * another observation. It is forgotten together with the thing itself, but for the one that was asked about last.
 */

interface Kept<Thing, Others, Fact> {
  readonly thing: Thing;
  readonly others: Others;
  readonly fact: Fact;
}

const areSame = (some: readonly unknown[], others: readonly unknown[]): boolean => {
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return true;
};

/** The same function, which keeps its last answer about each thing; it is computed again where one of the other arguments is another object. */
export const memoize = <Thing extends object, Others extends readonly unknown[], Fact>(
  workOut: (thing: Thing, ...others: Others) => Fact,
): ((thing: Thing, ...others: Others) => Fact) => {
  const answers = new WeakMap<Thing, Kept<Thing, Others, Fact>>();
  // Nearly all questions are about the same thing as the one before, and this is quicker than a lookup.
  let latest: Kept<Thing, Others, Fact> | undefined;
  return (thing, ...others) => {
    const kept = latest?.thing === thing ? latest : answers.get(thing);
    if (kept !== undefined && areSame(kept.others, others)) {
      latest = kept;
      return kept.fact;
    }
    const answer = {thing, others, fact: workOut(thing, ...others)};
    answers.set(thing, answer);
    latest = answer;
    return answer.fact;
  };
};
