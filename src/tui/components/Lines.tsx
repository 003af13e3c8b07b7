/** Draws lines. The only place where tones become colours. */
import {Box, Text} from 'ink';
import {memo} from 'react';
import type {ReactElement} from 'react';
import type {Line} from '../text.js';
import type {Style} from '../theme.js';
import type {Tone} from '../text.js';

export type Styles = Readonly<Record<Tone, Style>>;

const sameLine = (a: Line, b: Line): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((part, index) => {
      const other = b[index];
      return (
        other !== undefined && part.text === other.text && part.tone === other.tone && part.inverse === other.inverse
      );
    }));

/** Whether a person would see any difference. */
export const sameLines = (a: readonly Line[], b: readonly Line[]): boolean =>
  a.length === b.length && a.every((one, index) => sameLine(one, b[index] ?? []));

interface LineProps {
  readonly spans: Line;
  readonly styles: Styles;
}

/** Memoised: an unchanged screen is not drawn again. An empty line is drawn as a blank, which keeps its row. */
const OneLine = memo(
  ({spans, styles}: LineProps): ReactElement => (
    <Text wrap="truncate">
      {spans.length === 0
        ? ' '
        : spans.map(({text, tone, inverse}, index) => (
            <Text key={index} {...styles[tone]} {...(inverse === true ? {inverse} : {})}>
              {text}
            </Text>
          ))}
    </Text>
  ),
  (before, after) => before.styles === after.styles && sameLine(before.spans, after.spans),
);

export interface LinesProps {
  readonly lines: readonly Line[];
  readonly rows: number;
  readonly columns: number;
  readonly styles: Styles;
}

/** A box of fixed size: nothing in it can make the frame taller than the screen (ink #450, #359, #382). */
export const Lines = ({lines, rows, columns, styles}: LinesProps): ReactElement => (
  <Box flexDirection="column" height={rows} width={columns} overflow="hidden">
    {lines.map((spans, index) => (
      <OneLine key={index} spans={spans} styles={styles} />
    ))}
  </Box>
);
