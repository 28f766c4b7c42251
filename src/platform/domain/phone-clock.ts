// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from './problem.ts';

const aDay = 86_400_000;

/**
 * When something was, as told by a phone whose clock may run ahead by up to a day: at the latest now, so that nobody's report is turned away for
 * her phone's clock. Throws Problem `bad-input` beyond that.
 */
export function notAfter(told: Date, now: Date): Date {
  const ahead = told.getTime() - now.getTime();
  if (ahead > aDay) throw new Problem('bad-input', 'observedAt: that moment is still to come.');
  return ahead > 0 ? now : told;
}

/**
 * A day as told by a phone whose clock may run ahead: the day after `today` counts as today, so that nobody is turned away for it. Both ISO.
 * Throws Problem `bad-input`, naming the field, beyond that.
 */
export function dayNotAfter(told: string, today: string, field: string): string {
  if (told <= today) return told;
  const tomorrow = new Date(Date.parse(`${today}T00:00:00Z`) + aDay).toISOString().slice(0, 10);
  if (told > tomorrow) throw new Problem('bad-input', `${field}: that day is still to come.`);
  return today;
}
