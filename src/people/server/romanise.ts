// SPDX-License-Identifier: AGPL-3.0-or-later
import anyAscii from 'any-ascii';
import type { Romanise } from '../domain/romanise.ts';

/** Plain Latin letters for any script that the rules of names do not read themselves (domain/romanise.ts): accents, Vietnamese, Arabic, Chinese. */
export const romanise: Romanise = (text) => anyAscii(text);
