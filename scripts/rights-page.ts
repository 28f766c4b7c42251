// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes docs/handbook/rights.md from the table of rights.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rightsPage } from '../src/access/domain/rights-page.ts';

writeFileSync(resolve(import.meta.dirname, '../docs/handbook/rights.md'), rightsPage());
