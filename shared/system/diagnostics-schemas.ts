import { type Static, Type } from 'typebox';

export const DiagnosticsQuerySchema = Type.Object({
  id: Type.Integer({
    minimum: -2147483648,
    maximum: 2147483647,
    errorMessage: 'must be a whole number of 32 bits',
    examples: [7],
  }),
});

export type DiagnosticsQuery = Static<typeof DiagnosticsQuerySchema>;
