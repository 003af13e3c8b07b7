import assert from 'node:assert/strict';
import fc from 'fast-check';
import {compilePattern, LONGEST_PATTERN, LONGEST_TEXT} from '../../src/settings/line-pattern.js';

const matches = (pattern: string, text: string): boolean => {
  const compiled = compilePattern(pattern);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.pattern.test(text);
};

const refusal = (pattern: string): string => {
  const compiled = compilePattern(pattern);
  assert.ok(!compiled.ok, `${pattern} is accepted`);
  return compiled.error;
};

describe('the pattern of a log check', () => {
  const line = 'frigate.video ERROR : front_door: Unable to read frames from ffmpeg process (pid 731)';
  for (const [pattern, expected] of [
    ['Unable to read', true],
    ['^frigate\\.video', true],
    ['^video', false],
    ['\\(pid \\d+\\)$', true],
    ['\\(pid \\d{4,}\\)$', false],
    ['(front|back)_door: .*frames', true],
    ['(side|back)_door', false],
    ['[A-Z]{5} ?: [^:]+:', true],
    ['ERROR|WARNING', true],
    ['(?:error)', false],
    ['(?i)unable TO', true],
    ['\\bvideo\\b', true],
    ['', true],
    ['^$', false],
  ] as const)
    it(`${JSON.stringify(pattern)} ${expected ? 'matches' : 'does not match'} the line`, () => {
      assert.equal(matches(pattern, line), expected);
    });

  for (const [pattern, expected] of [
    ['(a', /missing closing \)/],
    ['a)', /unexpected \)/],
    ['[a', /missing closing \]/],
    ['*', /missing argument to repetition operator/],
    ['a**', /nested repetition/],
    ['(?=a)', /unsupported Perl syntax/],
    ['(?<=a)b', /invalid/],
    ['(a)\\1', /invalid escape sequence/],
    ['a{1,5000}', /invalid repeat count/],
    ['((a{100}){100}){100}', /invalid repeat count/],
    ['a{2,1}', /invalid repeat count/],
    ['[z-a]', /invalid character class range/],
    ['a\\', /trailing backslash/],
    ['a'.repeat(LONGEST_PATTERN + 1), /at most 200 characters/],
  ] as const)
    it(`refuses ${pattern.slice(0, 20)}`, () => {
      assert.match(refusal(pattern), expected);
    });

  it('says the same of every line as the regular expressions of the language', () => {
    const atom = fc.constantFrom('a', 'b', 'ü', '.', '[ab]', '[^a]', '\\d', '\\w', '\\S', '^', '$');
    const {pattern} = fc.letrec<{pattern: string; part: string}>((tie) => ({
      part: fc.oneof(
        {depthSize: 'small'},
        atom,
        fc
          .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{0,2}?'))
          .map(([inner, times]) => `(${inner})${times}`),
      ),
      pattern: fc.oneof(
        {depthSize: 'small'},
        fc.array(tie('part'), {minLength: 1, maxLength: 3}).map((parts) => parts.join('')),
        fc.tuple(tie('part'), tie('part')).map(([a, b]) => `${a}|${b}`),
      ),
    }));
    const text = fc.array(fc.constantFrom('a', 'b', 'ü', '1', ' '), {maxLength: 8}).map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, text, (one, line) => {
        fc.pre(one.length <= 60);
        const compiled = compilePattern(one);
        // The one difference: only line ends stop the dot, and a line holds none.
        if (compiled.ok)
          assert.equal(
            compiled.pattern.test(line),
            new RegExp(one, 'su').test(line),
            `${one} on ${JSON.stringify(line)}`,
          );
      }),
      {numRuns: 3000},
    );
  });

  it('takes text of any kind for a pattern and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({unit: fc.constantFrom(...Array.from('ab(|)[]{}*+?^$.\\-,1:=<dsé😀')), maxLength: 60}),
        fc.string({maxLength: 30}),
        (one, line) => {
          const compiled = compilePattern(one);
          if (compiled.ok) assert.equal(typeof compiled.pattern.test(line), 'boolean');
        },
      ),
    );
  });

  it('reads each character once, where trying again would never end', () => {
    const line = 'a'.repeat(LONGEST_TEXT - 1);
    for (const pattern of ['(a+)+b', '(a|a)*b', '(a*)*b', 'a*a*a*a*b', '(.*)*x', '(a?){100}a{100}b']) {
      assert.equal(matches(pattern, line), false);
      assert.equal(matches(pattern, `${line.slice(1)}b`.slice(0, LONGEST_TEXT)), !pattern.endsWith('x'));
    }
  });

  it('takes a character beyond the first 65,536 for one', () => {
    assert.equal(matches('^[^a]$', '😀'), true);
  });

  it('searches no more than the beginning of a long line', () => {
    assert.equal(matches('x', `${'a'.repeat(LONGEST_TEXT)}x`), false);
    assert.equal(matches('a$', 'a'.repeat(LONGEST_TEXT + 1)), false);
    assert.equal(matches('a$', 'a'.repeat(LONGEST_TEXT)), true);
  });
});
