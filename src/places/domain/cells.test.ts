// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, it } from 'vitest';
import { bareCode, padCode } from './cells.ts';

it('padCode restores zeros of numbers and leaves words alone', () => {
  expect([
    padCode('102', 4),
    padCode('0102', 4),
    padCode('10203', 4),
    padCode('TH1', 4),
    padCode('7', undefined),
    padCode('102.0', 4),
    padCode('1.5', 4),
  ]).toEqual(['0102', '0102', '10203', 'TH1', '7', '0102', '1.5']);
});

it('bareCode tells codes apart that differ by more than zeros in front', () => {
  expect(['01', '1', '001', '10', '0', 'TH01', ''].map(bareCode)).toEqual(['1', '1', '1', '10', undefined, undefined, undefined]);
});
