// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ago, count, day, decimal, month, monthNames } from './format.ts';
import { setCatalogues, speak } from './i18n.ts';

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  setCatalogues({ km: () => Promise.resolve({ messages: {} }), en: () => Promise.resolve({ messages: {} }) });
  await speak('km-KH');
});
afterAll(() => vi.unstubAllGlobals());

test('Khmer dates are written in Khmer in every browser, figures in the digits of the files', () => {
  expect(document.documentElement.lang).toBe('km');
  expect(day('2026-11-22')).toBe('22 វិច្ឆិកា 2026');
  expect(month('2026-10-31')).toBe('តុលា 2026');
  expect(monthNames()).toHaveLength(12);
  expect(count(12_480)).toBe('12,480');
  expect(decimal(41)).toBe('41.0');
  const now = new Date('2026-11-22T05:00:00Z');
  expect(ago('2026-11-22T02:00:00Z', now)).toBe('3 ម៉ោងមុន');
  expect(ago('2026-11-24T05:00:00Z', now)).toBe('2 ថ្ងៃទៀត');
  expect(ago('2026-11-22T04:59:40Z', now)).toBe('ឥឡូវនេះ');
});
