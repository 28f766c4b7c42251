// SPDX-License-Identifier: AGPL-3.0-or-later

/** The day on this device's calendar, as a date field has it. */
export const dayOf = (at: Date): string => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
export const today = (): string => dayOf(new Date());
