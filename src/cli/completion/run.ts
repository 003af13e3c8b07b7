/** The hidden command `__complete`: answers a TAB. Static words load no cluster; what a cluster names has a second to come. */
import {complete, written, type Proposal} from './complete.js';
import type {Word, WordKind, WordTable} from './table.js';
import {seconds} from '../../core/time.js';
import {peek} from '../argv.js';
import type {BuiltFiles} from '../built-files.js';
import type {Environment} from '../colour.js';
import {kubeOptions, type GivenKubeFlags} from '../kube-options.js';
import {processTimers} from '../timers.js';
import type {LookUp} from './look-up.js';

/** The longest acceptable wait for a completion. */
const PATIENCE = seconds(1);

/** What was typed already decides which cluster is meant. */
const typedFlags = (words: readonly string[]): GivenKubeFlags => {
  const value = (name: string, letter: string | null = null): string | undefined =>
    peek(words, name, letter) ?? undefined;
  return {
    kubeconfig: value('kubeconfig'),
    context: value('context'),
    cluster: value('cluster'),
    user: value('user'),
    namespace: value('namespace', 'n'),
    server: value('server', 's'),
    token: value('token'),
    as: value('as'),
    'certificate-authority': value('certificate-authority'),
    'tls-server-name': value('tls-server-name'),
    'insecure-skip-tls-verify': words.includes('--insecure-skip-tls-verify'),
  };
};

const asked = async (kind: WordKind, words: readonly string[], env: Environment): Promise<readonly Word[]> => {
  const flags = typedFlags(words);
  const {lookUp} = await import('./look-up.js');
  const question: LookUp = {
    options: kubeOptions(flags, env, false),
    env,
    signal: processTimers.timeout(PATIENCE),
    timers: processTimers,
  };
  return lookUp(kind, question);
};

const withLookUp = async (proposal: Proposal, words: readonly string[], env: Environment): Promise<Proposal> => {
  if (proposal.lookUp === null || proposal.lookUp === 'files') return proposal;
  try {
    return {...proposal, words: [...proposal.words, ...(await asked(proposal.lookUp, words, env))]};
  } catch {
    // A TAB never shows an error; the command itself will.
    return proposal;
  }
};

/** The name under which the words are built. */
export const WORDS = 'words.json';

/** The words that were built beside the program; `null` where they are missing. */
export const wordsIn = (built: BuiltFiles): WordTable | null => {
  const text = built(WORDS);
  // Made by our own build, from the same types.
  return text === null ? null : (JSON.parse(text) as WordTable);
};

/** `words`: what stands on the command line after the program's name, the last one under the cursor. Never an error, always a directive. */
export const answer = async (words: readonly string[], built: BuiltFiles, env: Environment): Promise<string> => {
  const table = wordsIn(built) ?? {commands: [], checks: [], scenarios: []};
  return written(await withLookUp(complete(table, words), words, env));
};
