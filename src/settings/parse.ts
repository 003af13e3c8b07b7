/**
 * From the text of a variable or flag to its value, by the kind of the setting: the edge where untyped text ends.
 * Zod parses what has a structure (JSON); thirty chained schemas for single numbers and names would take a tenth of a start.
 */
import * as z from 'zod';
import {parseSchedule} from '../core/planned-silence.js';
import type {Duration} from '../core/time.js';
import {parseDuration} from './duration.js';
import type {Kind, ValueOf} from './kinds.js';

const LONGEST_TEXT = 1000;
const LONGEST_TEXTS = 16 * 1024;
const LONGEST_OBJECT_NAME = 253;

/** One line of text, trimmed. Control characters end up in mail headers and log lines; no setting needs one. */
const line = (text: string, pattern = /^/, longest = LONGEST_TEXT): string | null => {
  const trimmed = text.trim();
  return trimmed !== '' && trimmed.length <= longest && !/\p{Cc}/u.test(trimmed) && pattern.test(trimmed)
    ? trimmed
    : null;
};

const within = (value: number, min: number, max: number): number | null =>
  value >= min && value <= max ? value : null;

/** Only plain decimals: `1e3`, `0x10` and `Infinity` are no way to write a limit. */
const decimal = (text: string, min: number, max: number): number | null =>
  /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? within(Number(text), min, max) : null;

const integer = (text: string, min: number, max: number): number | null =>
  text.includes('.') ? null : decimal(text, min, max);

/** Bounds in seconds. */
const duration = (text: string, min: number, max: number): Duration | null => {
  const length = parseDuration(text);
  return length === null || within(length, min * 1000, max * 1000) === null ? null : length;
};

/** The JSON value by its schema; `null` when the text is not JSON or not of that shape. */
const json = <T>(schema: z.ZodType<T>, text: string): T | null => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

const every = <T, U>(items: readonly T[] | null, parse: (item: T) => U | null): readonly U[] | null => {
  const parsed = items?.map(parse) ?? null;
  return parsed?.every((item) => item !== null) === true ? parsed : null;
};

/** Both notations of a list come to the same: `["a","b"]` and `a, b` (the old tool refused the second). */
const list = (text: string): readonly string[] | null =>
  text.trim().startsWith('[')
    ? json(z.array(z.string()), text)
    : text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');

const pairs = (text: string): ReadonlyArray<readonly [name: string, value: string]> | null => {
  if (text.trim().startsWith('{')) {
    const entries = json(z.record(z.string(), z.union([z.number(), z.string()])), text);
    return entries === null ? null : Object.entries(entries).map(([name, value]) => [name, String(value)]);
  }
  return text
    .split(',')
    .filter((item) => item.trim() !== '')
    .map((item) => {
      const equals = Math.max(0, item.lastIndexOf('='));
      return [item.slice(0, equals), item.slice(equals + 1)];
    });
};

const limits = (text: string, min: number, max: number): ReadonlyMap<string, number> | null => {
  const entries = every(pairs(text), ([written, value]) => {
    const name = line(written);
    const limit = decimal(value, min, max);
    return name === null || limit === null ? null : ([name, limit] as const);
  });
  return entries === null ? null : new Map(entries);
};

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SELECTOR = /^[A-Za-z0-9!][A-Za-z0-9 ._/=!(),-]*$/;
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$|^[^<>@,;"]*<[^\s@<>,;"]+@[^\s@<>,;"]+>$/;

const addresses = (text: string): readonly string[] | null => {
  const found = every(list(text), (item) => line(item, ADDRESS));
  return found?.length === 0 ? null : found;
};

const parseKind = (kind: Kind, text: string): unknown => {
  switch (kind.type) {
    case 'integer':
      return integer(text, kind.min, kind.max);
    case 'number':
      return decimal(text, kind.min, kind.max);
    case 'duration':
      return duration(text, kind.min, kind.max);
    case 'choice':
      return kind.options.find((option) => option === text.trim().toLowerCase()) ?? null;
    case 'object-name':
      return line(text, OBJECT_NAME, LONGEST_OBJECT_NAME);
    case 'selector':
      return line(text, SELECTOR);
    case 'names':
      return every(list(text), (item) => line(item));
    case 'limits':
      return limits(text, kind.min, kind.max);
    case 'host':
      return line(text, HOST);
    case 'address':
      return line(text, ADDRESS);
    case 'addresses':
      return addresses(text);
    case 'file':
      return line(text);
    case 'lines':
      return text.length <= LONGEST_TEXTS ? text.trim() || null : null;
    case 'schedule':
      return parseSchedule(text);
    case 'text':
      return line(text);
  }
};

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false};

/** Parses one value. What is wrong with it is not said here: the table's words for what is allowed say it better. */
export const parseValue = <K extends Kind>(kind: K, text: string): Parsed<ValueOf<K>> => {
  const value = parseKind(kind, text);
  // The parser is chosen by the kind, which the compiler cannot follow through the switch.
  return value === null ? {ok: false} : {ok: true, value: value as ValueOf<K>};
};
