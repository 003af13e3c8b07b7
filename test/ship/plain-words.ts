/**
 * The words that this repository does not use, because an operator or a contributor does not know what they stand for here, and
 * the standard terms to write instead (the glossary stands in CONTRIBUTING.md).
 *
 * A text is searched in lines. Identifiers are split into their words first: `lastSeen` is read as `last Seen`, so a word is
 * found in comments, strings and names alike.
 */

export interface BannedWord {
  /** For the failure: the word as a person names it. */
  readonly word: string;
  /** Matches the word in a line whose identifiers are split; case does not matter. */
  readonly pattern: RegExp;
  readonly instead: string;
  /** One use that must be found; a test checks it. */
  readonly planted: string;
  /** Not searched in code, where it is an ordinary technical word (a dead process, `keepAlive`). */
  readonly pagesOnly?: boolean;
}

export interface AllowedUse {
  /** Files in which it is allowed, by the beginning of the path. */
  readonly under: readonly string[];
  /** Taken out of the line before the search, in its original spelling. */
  readonly use: RegExp;
  readonly why: string;
}

export interface WordHit {
  readonly line: number;
  readonly word: string;
  readonly instead: string;
  readonly text: string;
}

export const bannedWords: readonly BannedWord[] = [
  {
    word: 'look',
    pattern: /\b(?:looks?|looked|looking)\b(?!(?: |-)ups?\b)/gi,
    instead: 'observe, read, check, search',
    planted: 'const lastLook = 1;',
  },
  {
    word: 'seen, sight, glimpse',
    pattern: /\b(?:seen|saw|sights?|glimpses?)\b/gi,
    instead: 'observed, found, read; observation',
    planted: '/** What was seen of the pod. */',
  },
  {
    word: 'tell, told',
    pattern: /\b(?:tells?|told|telling)\b/gi,
    instead: 'notify, report, say, print, show',
    planted: 'Nobody is told.',
  },
  {word: 'speak', pattern: /\bspeaks?\b/gi, instead: 'apply, log, write, use (a protocol)', planted: 'the rule speaks'},
  {word: 'world', pattern: /\bworlds?\b/gi, instead: 'cluster, simulator, ports', planted: 'openWorld()'},
  {
    word: 'right (RBAC)',
    pattern: /\brights\b|\b(?:an?|each|every|missing|one|no|any|which|this|that|needed) right\b|\bthe right to\b/gi,
    instead: 'permission',
    planted: 'lacks a right',
  },
  {
    word: 'room, house, street',
    pattern: /\b(?:rooms?|houses?|streets?)\b/gi,
    instead: 'context, folder, space; repository; sequence',
    planted: 'interface WatchRoom {}',
  },
  {word: 'gate', pattern: /\bgates?\b/gi, instead: 'ClusterConnection, connection, check', planted: 'openGate()'},
  {
    word: 'eye, hand, sleep, awake (metaphors)',
    pattern: /\b(?:eyes?|hands|asleep|awake|wakes?|sleeps|sleeping)\b/gi,
    instead: 'user, caller, manually; waits, runs, suspended',
    planted: 'the process was awake',
  },
  {
    word: 'remember',
    pattern: /\bremember(?:s|ed|ing)?\b/gi,
    instead: 'keep, store or record in the state',
    planted: 'what is remembered',
  },
  {
    word: 'memory (for the state)',
    pattern: /\b(?:its|lost|losing|corrupted|wiped) memory\b(?! (?:limit|cgroup))/gi,
    instead: 'state',
    planted: 'losing its memory',
  },
  {word: 'anew', pattern: /\banew\b/gi, instead: 'again, recreated, restarted', planted: 'the pod is made anew'},
  {
    word: 'comes through',
    pattern: /\bcom(?:es?|ing) through\b/gi,
    instead: 'is delivered, is streamed by',
    planted: 'no camera that comes through go2rtc',
  },
  {
    word: 'alive, dead, dies',
    // A dead-man's switch is the standard term.
    pattern: /\b(?:alive|dead(?!-man)|dies|died|dying)\b/gi,
    instead: 'running, responds; hung, terminated, exited',
    planted: 'the detector is dead',
    pagesOnly: true,
  },
  {
    word: 'lives (of a process)',
    pattern: /\b(?:lives|lived)\b/gi,
    instead: 'runs, lasts',
    planted: 'the container lives on',
  },
  {word: 'mend', pattern: /\bmend(?:s|ed|ing)?\b/gi, instead: 'fix, repair', planted: 'it is mended'},
];

/** A line with its identifiers split into words. */
export const splitNames = (line: string): string =>
  line
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll('_', ' ');

/** Every banned word of a text that no allowed use covers. */
export const wordHits = (file: string, source: string, allowed: readonly AllowedUse[] = []): readonly WordHit[] => {
  const uses = allowed.filter(({under}) => under.some((start) => file.startsWith(start)));
  return source.split('\n').flatMap((text, index) => {
    const words = splitNames(uses.reduce((rest, {use}) => rest.replaceAll(use, ' '), text));
    return bannedWords.flatMap(({pattern, instead, pagesOnly}) =>
      pagesOnly === true && file.startsWith('src/')
        ? []
        : [...words.matchAll(pattern)].map(([word]) => ({line: index + 1, word, instead, text: text.trim()})),
    );
  });
};
