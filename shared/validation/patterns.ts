/*
 * Patterns of the schemas. Not in a schema file: handlers must not bundle the schema library.
 */

/** Unpaired surrogates, which cannot be stored; for use inside a negated character class. */
export const NO_HALF_CHARACTER = '\\ud800-\\udfff';
/** Text without unpaired surrogates. */
export const WELL_FORMED = `^[^${NO_HALF_CHARACTER}]*$`;

/** A UUID of any version, in either case. */
export const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/**
 * White space of every kind, control characters, and marks without a width of their own, with which two addresses look alike
 * (joiners, bidirectional marks, fillers, annotation marks).
 */
const UNPRINTABLE =
  '\\s\\ufeff\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\uffa0\\ufff9-\\ufffb';
const ATOM = `[^${UNPRINTABLE}"(),:;<>@\\[\\]\\\\.${NO_HALF_CHARACTER}]`;
/** An ASCII letter or digit, or any printable character beyond ASCII: scripts need more than letters. */
const LETTER = `[^${UNPRINTABLE}!-/:-@\\[-\`{-~${NO_HALF_CHARACTER}]`;
const LABEL = `${LETTER}(?:-*${LETTER})*`;

/** An RFC 5321 address in any script, without quoted local parts; single-label domains are allowed. */
export const EMAIL = `^${ATOM}+(?:\\.${ATOM}+)*@(?:${LABEL}(?:\\.${LABEL})*|\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\])$`;
