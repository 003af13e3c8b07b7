/** From the text of a variable or flag to its value, by the kind of the setting. The edge where untyped text ends. */
import * as z from 'zod';
import {milliseconds} from '../core/time.js';
import type {Kind, ValueOf} from './kinds.js';

const LONGEST_TEXT = 1000;
/** Control characters end up in mail headers and log lines; no setting needs one. */
const line = z.string().trim().min(1).max(LONGEST_TEXT).regex(/^[^\p{Cc}]*$/u);

const decimal = (min: number, max: number): z.ZodType<number, string> =>
  z.string().trim().regex(/^[+-]?\d+(\.\d+)?$/).transform(Number).pipe(z.number().min(min).max(max));

const integer = (min: number, max: number): z.ZodType<number, string> =>
  z.string().trim().regex(/^[+-]?\d+$/).transform(Number).pipe(z.int().min(min).max(max));

const unitInMilliseconds: ReadonlyMap<string, number> = new Map([['ms', 1], ['', 1000], ['s', 1000], ['m', 60_000]]);

const duration = (min: number, max: number): z.ZodType => z.string().trim().regex(/^\d+(\.\d+)?(ms|s|m)?$/)
  .transform((text) => {
    const unit = text.replace(/^[\d.]+/, '');
    return Math.round(Number.parseFloat(text) * (unitInMilliseconds.get(unit) ?? Number.NaN));
  })
  .pipe(z.number().min(min * 1000).max(max * 1000))
  .transform(milliseconds);

/** Both notations of a list come to the same: `["a","b"]` and `a, b` (the old tool refused the second). */
const list = z.string().transform((text, context): unknown => {
  if (!text.trim().startsWith('[')) return text.split(',').map((item) => item.trim()).filter((item) => item !== '');
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

const pairs = z.string().transform((text, context): unknown => {
  try {
    if (text.trim().startsWith('{')) return Object.entries(z.record(z.string(), z.union([z.number(), z.string()])).parse(JSON.parse(text)));
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
  return text.split(',').filter((item) => item.trim() !== '').map((item) => {
    const equals = item.lastIndexOf('=');
    return [item.slice(0, Math.max(0, equals)).trim(), item.slice(equals + 1).trim()];
  });
});

const address = line.regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$|^[^<>@,;"]*<[^\s@<>,;"]+@[^\s@<>,;"]+>$/);

const schemaOf = (kind: Kind): z.ZodType => {
  switch (kind.type) {
    case 'integer': return integer(kind.min, kind.max);
    case 'number': return decimal(kind.min, kind.max);
    case 'duration': return duration(kind.min, kind.max);
    case 'choice': return z.string().trim().toLowerCase().pipe(z.enum(kind.options));
    case 'object-name': return line.max(253).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    case 'selector': return line.regex(/^[A-Za-z0-9!][A-Za-z0-9 ._/=!(),-]*$/);
    case 'names': return list.pipe(z.array(line));
    case 'limits': return pairs
      .pipe(z.array(z.tuple([line, z.union([z.number(), z.string()]).transform(String).pipe(decimal(kind.min, kind.max))])))
      .transform((entries) => new Map(entries));
    case 'host': return line.max(253).regex(/^[A-Za-z0-9.:_-]+$/);
    case 'address': return address;
    case 'addresses': return list.pipe(z.array(address).min(1));
    case 'file': return line;
    case 'text': return line;
  }
};

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false};

/** Parses one value. What is wrong with it is not said here: the table's words for what is allowed say it better. */
export const parseValue = <K extends Kind>(kind: K, text: string): Parsed<ValueOf<K>> => {
  const result = schemaOf(kind).safeParse(text);
  // The schema is chosen by the kind, which the compiler cannot follow through the switch.
  return result.success ? {ok: true, value: result.data as ValueOf<K>} : {ok: false};
};
