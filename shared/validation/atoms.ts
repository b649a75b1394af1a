import { type TSchema, type TSchemaOptions, Type } from 'typebox';

/** `errorMessage` is a custom keyword: the message for any error of the field. */
interface Worded extends TSchemaOptions {
  errorMessage?: string;
}

/** Unpaired surrogates, which cannot be stored; for use inside a negated character class. */
export const NO_HALF_CHARACTER = '\\ud800-\\udfff';
/** Text without unpaired surrogates. */
export const WELL_FORMED = `^[^${NO_HALF_CHARACTER}]*$`;

/** Text of a bounded length in code points, as the database counts them. */
export function text(minLength: number, maxLength: number, options: Worded = {}) {
  return Type.String({ minLength, maxLength, pattern: WELL_FORMED, ...options });
}

/** A UUID of any version, in either case. */
export const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** An instant in UTC with milliseconds. */
export function instant() {
  return Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** White space of every kind and control characters. */
const UNPRINTABLE = '\\s\\ufeff\\u0000-\\u001f\\u007f-\\u009f';
const ATOM = `[^${UNPRINTABLE}"(),:;<>@\\[\\]\\\\.${NO_HALF_CHARACTER}]`;
/** An ASCII letter or digit, or any printable character beyond ASCII: scripts need more than letters. */
const LETTER = `[^${UNPRINTABLE}!-/:-@\\[-\`{-~${NO_HALF_CHARACTER}]`;
const LABEL = `${LETTER}(?:-*${LETTER})*`;

/** An RFC 5321 address in any script, without quoted local parts; single-label domains are allowed. */
const EMAIL = `^${ATOM}+(?:\\.${ATOM}+)*@(?:${LABEL}(?:\\.${LABEL})*|\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\])$`;

export function email(options: Worded = {}) {
  return Type.String({ minLength: 5, maxLength: 32, pattern: EMAIL, ...options });
}
