/** Milliseconds on the machine's monotonic clock, which all of its processes share. */
export const sharedNow = () => Number(process.hrtime.bigint()) / 1e6;
