/** How far apart the starts of a cron schedule are. */

/** Minutes between two starts of a schedule whose starts are equally far apart; `null` of any other. */
export const intervalOf = (schedule: string): number | null => {
  const [minute = '', ...rest] = schedule.trim().split(/\s+/);
  if (rest.length !== 4 || rest.some((field) => field !== '*')) return null;
  if (minute === '*') return 1;
  if (/^\d+$/.test(minute)) return 60;
  const step = Number(/^\*\/(\d+)$/.exec(minute)?.[1] ?? Number.NaN);
  return Number.isInteger(step) && step > 0 && 60 % step === 0 ? step : null;
};
