/** The known name that a mistyped one probably means. */

/** Levenshtein distance of two short texts. */
const distance = (a: string, b: string): number => {
  let row = Array.from({length: b.length + 1}, (_, column) => column);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The nearest of the known names; `null` when nothing is near enough to be meant. */
export const nearest = (name: string, known: readonly string[]): string | null => {
  const typed = name.slice(0, 100);
  const ranked = known
    .map((candidate) => ({candidate, away: distance(typed, candidate)}))
    .sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best !== undefined && best.away <= Math.max(2, Math.ceil(best.candidate.length / 3)) ? best.candidate : null;
};
