// SPDX-License-Identifier: AGPL-3.0-or-later
import { hatched, type Tone } from './types.ts';

/** The `fill` of a shape in SVG: a token's colour, or a hatching from HatchDefs under the same prefix. */
export const paintOf = (tone: Tone, prefix: string): string => (hatched.includes(tone) ? `url(#${prefix}-${tone})` : `var(--map-${tone})`);
