import { type Static, Type } from 'typebox';

/** A count that stops at a limit, so that telling it stays cheap however many rows there are. */
export const BoundedCountSchema = Type.Object({
  count: Type.Integer({ minimum: 0, examples: [42] }),
  isMore: Type.Boolean({ description: 'There are more than `count`; how many more was not counted' }),
});

export type BoundedCount = Static<typeof BoundedCountSchema>;
