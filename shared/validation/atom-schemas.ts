import { type TSchema, type TSchemaOptions, Type } from 'typebox';
import { EMAIL, WELL_FORMED } from './patterns.ts';

/** `errorMessage` is a custom keyword: the message for any error of the field. */
interface Worded extends TSchemaOptions {
  errorMessage?: string;
}

/** Text of a bounded length in code points, as the database counts them. */
export function text(minLength: number, maxLength: number, options: Worded = {}) {
  return Type.String({ minLength, maxLength, pattern: WELL_FORMED, ...options });
}

/** An instant in UTC with milliseconds. */
export function instant() {
  return Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export function email(options: Worded = {}) {
  return Type.String({ minLength: 5, maxLength: 32, pattern: EMAIL, ...options });
}
