import { type TSchema, type TSchemaOptions, Type } from 'typebox';

/** A schema keyword of ours: the words in which a field's error is told. */
interface Worded extends TSchemaOptions {
  errorMessage?: string;
}

/** Half a surrogate pair, which cannot be stored; for use inside a class that excludes it. */
export const NO_HALF_CHARACTER = '\\ud800-\\udfff';
/** Whole characters only. */
export const WELL_FORMED = `^[^${NO_HALF_CHARACTER}]*$`;

/** Text of a bounded length, counted in characters (code points), as the database counts them. */
export function text(minLength: number, maxLength: number, options: Worded = {}) {
  return Type.String({ minLength, maxLength, pattern: WELL_FORMED, ...options });
}

/** A UUID of any version, in either case. */
export const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** An instant in UTC as this system writes it. */
export function instant() {
  return Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** Blanks of every kind and control characters. */
const UNPRINTABLE = '\\s\\ufeff\\u0000-\\u001f\\u007f-\\u009f';
const ATOM = `[^${UNPRINTABLE}"(),:;<>@\\[\\]\\\\.${NO_HALF_CHARACTER}]`;
/** A letter or digit of ASCII, or anything printable beyond it: scripts need more than letters. */
const LETTER = `[^${UNPRINTABLE}!-/:-@\\[-\`{-~${NO_HALF_CHARACTER}]`;
const LABEL = `${LETTER}(?:-*${LETTER})*`;

/** An address as RFC 5321 has it, without quoted local parts; text of any script; a domain of one label is allowed. */
const EMAIL = `^${ATOM}+(?:\\.${ATOM}+)*@(?:${LABEL}(?:\\.${LABEL})*|\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\])$`;

export function email(options: Worded = {}) {
  return Type.String({ minLength: 5, maxLength: 32, pattern: EMAIL, ...options });
}
