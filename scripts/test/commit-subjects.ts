/**
 * The subjects of new commits: imperative, at most 72 characters, so that `git log --oneline` reads as a list of changes.
 * `node --import tsx scripts/test/commit-subjects.ts [BASE]` looks at those after BASE; without it at those that main does
 * not have, and on main itself at the last twenty. Ends with 1 where one is refused.
 */
import {execFileSync} from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export const LONGEST_SUBJECT = 72;

/** This file. What was committed before it is as it is. */
const RULE = 'scripts/test/commit-subjects.ts';
const MOST_ON_MAIN = 20;

/** Imperatives that end as past and continuous forms do. */
const IMPERATIVES: ReadonlySet<string> = new Set(
  'bring embed exceed feed need ping precede proceed seed shed speed spring string succeed wring'.split(' '),
);

/** `part: ` or `part, part: ` before the sentence; a part is a folder, a file or a word of the house. */
const PART = /^[\w./*@-]+(?:,? (?:and )?[\w./*@-]+){0,3}: /;

/** What is wrong with a subject; empty: nothing. */
export const faultsOf = (subject: string): readonly string[] => {
  const sentence = subject.replace(PART, '');
  const verb = /^[A-Za-z-]+/.exec(sentence)?.[0].toLowerCase() ?? '';
  return [
    ...(subject.length > LONGEST_SUBJECT ? [`has ${subject.length} characters, at most ${LONGEST_SUBJECT}`] : []),
    ...(verb === '' ? ['does not begin with a verb'] : []),
    ...(/(?:ed|ing)$/.test(verb) && !IMPERATIVES.has(verb) ? [`"${verb}" is not imperative`] : []),
    ...(/[.\s]$/.test(subject) ? ['ends with a full stop or a blank'] : []),
    ...(/^(?:fixup|squash|amend)!/.test(subject) ? ['is not squashed yet'] : []),
  ];
};

const git = (...words: readonly string[]): string | null => {
  try {
    return execFileSync('git', words, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
  } catch {
    return null;
  }
};

const exists = (commit: string): boolean => git('rev-parse', '--quiet', '--verify', `${commit}^{commit}`) !== null;

/** The words of `git log` that name the new commits. */
const newCommits = (base: string | undefined): readonly string[] => {
  if (base !== undefined) return [`${base}..HEAD`];
  const head = git('rev-parse', 'HEAD');
  const main = ['origin/main', 'main'].find((name) => exists(name) && git('rev-parse', name) !== head);
  const fork = main === undefined ? null : git('merge-base', main, 'HEAD');
  if (fork !== null && fork !== head) return [`${fork}..HEAD`];
  const added = git('log', '--diff-filter=A', '--format=%H', '--', RULE)?.split('\n').at(-1) ?? '';
  const before = `${added}~1`;
  return [`--max-count=${MOST_ON_MAIN}`, added !== '' && exists(before) ? `${before}..HEAD` : 'HEAD'];
};

if (process.argv[1] === import.meta.filename) {
  const log = git('log', '--no-merges', '--format=%h %s', ...newCommits(process.argv[2]), '--');
  if (log === null) throw new Error('git log failed: is this a git checkout, and does the base exist?');
  const commits = log.split('\n').filter((line) => line !== '');
  const refused = commits.flatMap((line) => {
    const faults = faultsOf(line.slice(line.indexOf(' ') + 1));
    return faults.length === 0 ? [] : [`${line}\n    ${faults.join('; ')}`];
  });
  process.stdout.write(refused.map((text) => `${text}\n`).join(''));
  process.stdout.write(`${commits.length - refused.length} passed, ${refused.length} failed\n`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}
