// Preloaded (`node --import`): moves this process's wall clock by CLOCK_SKEW_MS; timers and the monotonic clock stay.
const skewMs = Number(process.env.CLOCK_SKEW_MS ?? '0');
const RealDate = Date;
const now = () => RealDate.now() + skewMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (real, args) => (args.length === 0 ? new real(now()) : Reflect.construct(real, args)),
  get: (real, key) => (key === 'now' ? now : Reflect.get(real, key)),
});
