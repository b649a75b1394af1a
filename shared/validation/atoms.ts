import { type TSchema, type TSchemaOptions, Type } from 'typebox';

/** A schema keyword of ours: the words in which a field's error is told. */
interface Worded extends TSchemaOptions {
  errorMessage?: string;
}

/** Whole characters only: half a surrogate pair cannot be stored. */
const WELL_FORMED = '^[^\\ud800-\\udfff]*$';

/** Text of a bounded length, counted in characters (code points), as the database counts them. */
export const text = (minLength: number, maxLength: number, options: Worded = {}) =>
  Type.String({ minLength, maxLength, pattern: WELL_FORMED, ...options });

/** A UUID of any version, in either case. */
export const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** An instant in UTC as this system writes it. */
export const instant = () => Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const ATOM = '[^\\s"(),:;<>@\\[\\]\\\\.\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]';
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?';

/** An address as RFC 5321 has it, without quoted local parts; letters of any script; a domain of one label is allowed. */
const EMAIL = `^${ATOM}+(?:\\.${ATOM}+)*@(?:${LABEL}(?:\\.${LABEL})*|\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\])$`;

export const email = (options: Worded = {}) => Type.String({ minLength: 5, maxLength: 32, pattern: EMAIL, ...options });
