// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator, Words } from '../instrument.ts';

/** Words in the two languages that ship. */
export function words(en: string, th: string): Words {
  return { en, th };
}

type Flags = Partial<Pick<Indicator, 'weight' | 'warns' | 'protected' | 'bySex'>>;

/** An indicator with the default weight 1 and no flags, unless said. */
export function ask(given: Omit<Indicator, 'weight' | 'warns' | 'protected' | 'bySex'> & Flags): Indicator {
  return { weight: 1, warns: false, protected: false, bySex: false, ...given };
}
