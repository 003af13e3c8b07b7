/**
 * What a person does next, as steps: a command to type, or a text to read. Which of the two a step is stands in the data,
 * so that no output has to guess what must be printed whole.
 */
export type Step = {readonly command: string} | {readonly text: string};

export type Fix = readonly Step[];

/** A step to type. */
export const run = (command: string): Step => ({command});

/** A step to read: one sentence. */
export const note = (text: string): Step => ({text});

const COMMENT = '# ';

/**
 * The steps as lines that can be pasted into a shell: a text stands as a comment. It is the form of a fix where only
 * text has space: the JSON report v1, JUnit, the journal and the stored state.
 */
export const scriptOf = (fix: Fix): string =>
  fix.map((step) => ('command' in step ? step.command : `${COMMENT}${step.text}`)).join('\n');

const separators = {
  text: {text: ' ', command: ' '},
  command: {text: `  ${COMMENT}`, command: '; '},
} as const;

const kindOf = (step: Step): 'text' | 'command' => ('command' in step ? 'command' : 'text');

/** The steps in one line, behind an error message: a command can still be copied from it. */
export const lineOf = (fix: Fix): string =>
  fix.reduce((line, step, index) => {
    const before = fix[index - 1];
    const separator = before === undefined ? '' : separators[kindOf(before)][kindOf(step)];
    return `${line}${separator}${'command' in step ? step.command : step.text}`;
  }, '');

/** The steps of a script, as far as they were stored; a line that is no comment is a command. */
export const fixOfScript = (script: string): Fix =>
  script
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (line.startsWith(COMMENT) ? note(line.slice(COMMENT.length)) : run(line)));

/** As many of the first steps as fit into so many characters of script: half a command must not be typed. */
export const fixWithin = (fix: Fix, most: number): Fix => {
  const kept: Step[] = [];
  for (const step of fix) {
    if (scriptOf([...kept, step]).length > most) break;
    kept.push(step);
  }
  return kept;
};
