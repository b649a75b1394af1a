/** The largest page of events and of dead letters. In a file of its own, so that handlers need no schema library. */
export const MAX_PAGE_SIZE = 100;
