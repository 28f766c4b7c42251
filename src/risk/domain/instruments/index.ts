// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument } from '../instrument.ts';
import { household28 } from './household-28.ts';
import { placeSecondary1 } from './place-secondary-1.ts';

/** The instruments that every installation starts with. */
export const shippedInstruments: readonly Instrument[] = [household28, placeSecondary1];
