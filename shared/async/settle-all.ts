/**
 * Waits until every piece of work has ended, so that none is left behind by another's failure.
 * @throws what the first of them, in their order, failed with
 */
export async function allOf(work: ReadonlyArray<Promise<unknown>>): Promise<void> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
