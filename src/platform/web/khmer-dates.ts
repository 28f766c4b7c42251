// SPDX-License-Identifier: AGPL-3.0-or-later

/** What dates are written with, for a language that not every browser can write: Chrome, on most phones, carries none of Khmer's names. */
export interface DateWords {
  readonly months: readonly string[];
  readonly now: string;
  past(amount: number, unit: string): string;
  ahead(amount: number, unit: string): string;
}

const units: Readonly<Record<string, string>> = { year: 'ឆ្នាំ', month: 'ខែ', day: 'ថ្ងៃ', hour: 'ម៉ោង', minute: 'នាទី' };

export const khmerDates: DateWords = {
  months: ['មករា', 'កុម្ភៈ', 'មីនា', 'មេសា', 'ឧសភា', 'មិថុនា', 'កក្កដា', 'សីហា', 'កញ្ញា', 'តុលា', 'វិច្ឆិកា', 'ធ្នូ'],
  now: 'ឥឡូវនេះ',
  past: (amount, unit) => `${amount} ${units[unit] ?? ''}មុន`,
  ahead: (amount, unit) => `${amount} ${units[unit] ?? ''}ទៀត`,
};
