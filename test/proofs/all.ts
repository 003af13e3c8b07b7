/**
 * All proofs one after the other: each prints its figures, and the last line sums them up. `--quick` runs the same proofs with
 * fewer inputs, for CI; `--write` keeps the figures of those that hold for README.md and docs (then `npm run docs`).
 */
import {spawn} from 'node:child_process';
import {parseArgs} from 'node:util';
import {say} from './support/print.js';

interface Proof {
  /** `npm run prove:<name>`. */
  readonly name: string;
  /** Flags of the short run; the long one takes what the proof has for itself. */
  readonly quick: readonly string[];
}

const proofs: readonly Proof[] = [
  {name: 'incidents', quick: []},
  {name: 'replay', quick: ['--quick']},
  {name: 'faults', quick: []},
  {name: 'properties', quick: ['--runs', '600']},
  {name: 'fuzz', quick: ['--runs', '8000']},
  {name: 'http', quick: ['--runs', '2000']},
  {name: 'year', quick: []},
  {name: 'explorer', quick: ['--quick']},
  {name: 'wire', quick: []},
  {name: 'kill', quick: []},
];

const {
  values: {quick, write},
} = parseArgs({options: {quick: {type: 'boolean', default: false}, write: {type: 'boolean', default: false}}});

/** Its last line, and whether it holds. */
const run = async ({name, quick: short}: Proof): Promise<{readonly line: string; readonly holds: boolean}> => {
  say(`\n=== ${name}\n`);
  const flags = [...(quick ? short : []), ...(write ? ['--write'] : [])];
  const child = spawn('npm', ['run', '--silent', `prove:${name}`, '--', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let line = `${name}: said nothing`;
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    process.stdout.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    line = lines.findLast((each) => each.trim() !== '') ?? line;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return {line, holds: code === 0};
};

const begun = performance.now();
const results = [];
for (const proof of proofs) results.push({...(await run(proof)), name: proof.name});

const broken = results.filter(({holds}) => !holds);
say('\n=== all\n');
for (const {line} of results) say(line);
say(
  `prove: ${results.length - broken.length} of ${results.length} proofs hold${broken.length === 0 ? '' : `, BROKEN: ${broken.map(({name}) => name).join(', ')}`}, ${Math.round((performance.now() - begun) / 1000)} s`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
