/** What people and programs rely on: commands, arguments, flags, variables, exit codes, the schema of the JSON. As plain data. */
import type {DescribedCommand} from '../../src/cli/completion/table.js';
import {catalogue} from '../../src/core/checks/catalogue.js';
import {COMMANDS} from '../../src/index.js';
import {EXIT} from '../../src/outcome/exit-code.js';
import {checkReportJsonSchema} from '../../src/report/schema.js';
import {settingRows} from '../../src/settings/table.js';

interface DescribedFlag {
  readonly char?: string;
  readonly env?: string;
  readonly type?: string;
  readonly multiple?: boolean;
  readonly options?: readonly string[];
  readonly default?: unknown;
}

const flagSurface = (flag: DescribedFlag): object => ({
  type: flag.type,
  ...(flag.char === undefined ? {} : {letter: flag.char}),
  ...(flag.env === undefined ? {} : {variable: flag.env}),
  ...(flag.multiple === true ? {repeatable: true} : {}),
  ...(flag.options === undefined ? {} : {options: [...flag.options]}),
  ...(typeof flag.default === 'string' || typeof flag.default === 'number' ? {default: flag.default} : {}),
});

const sorted = (entries: ReadonlyArray<readonly [string, unknown]>): object =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));

const commandSurface = ({args = {}, flags = {}}: DescribedCommand): object => ({
  arguments: Object.entries(args).map(([name, {options}]) => ({
    name,
    ...(options === undefined ? {} : {options: [...options]}),
  })),
  flags: sorted(Object.entries(flags).map(([name, flag]) => [name, flagSurface(flag as DescribedFlag)])),
});

export const surface = (): object => ({
  commands: sorted(
    Object.entries<DescribedCommand>(COMMANDS).map(([name, command]) => [name, commandSurface(command)]),
  ),
  exitCodes: EXIT,
  settings: sorted(
    settingRows.map(([, setting]) => [
      setting.variable,
      {kind: setting.kind, ...(setting.old === null ? {} : {old: setting.old})},
    ]),
  ),
  checks: catalogue.map(({id}) => id),
  checkReport: checkReportJsonSchema(),
});

export const surfaceText = (): string => `${JSON.stringify(surface(), null, 2)}\n`;
