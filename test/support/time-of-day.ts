/** The program at another time of day: its wall clock is set back to when it was last that late, and runs on from there. */

/** For the environment of a program that runs on Node.js. @param utc `23:59:40` */
export function atTimeOfDay(utc: string): Readonly<Record<string, string>> {
  const today = Date.parse(`${new Date().toISOString().slice(0, 10)}T${utc}Z`);
  const shiftMs = (today > Date.now() ? today - 86_400_000 : today) - Date.now();
  const script = `const real = Date; globalThis.Date = class Date extends real { constructor(...args) { if (args.length === 0) super(real.now() + ${shiftMs}); else super(...args); } static now() { return real.now() + ${shiftMs}; } };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}
