/** What Ink says was pressed, in the names of the key table. */

/** The parts of Ink's key that have names of their own. */
export interface PressedKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly meta: boolean;
}

const named: ReadonlyArray<readonly [keyof PressedKey, string]> = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
  ['escape', 'escape'],
];

/** Keys that came in one piece with letters. */
const controls: ReadonlyMap<string, string> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0003', 'ctrl+c'],
  ['\u001b', 'escape'],
]);

/** The names of what was pressed: several when keys came faster than they were read, or were pasted. */
export const namesOfKeys = (input: string, key: PressedKey): readonly string[] => {
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
  const special = named.find(([field]) => key[field]);
  if (special !== undefined) return [special[1]];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input}`];
  return Array.from(input).flatMap(
    (character) => controls.get(character) ?? (/\p{Cc}/u.test(character) ? [] : character),
  );
};
