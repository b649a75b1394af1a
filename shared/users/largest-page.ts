/** The largest page of users. In a file of its own, so that handlers need no schema library. */
export const MAX_PAGE_SIZE = 20;
