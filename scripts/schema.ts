// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schemaText } from '../src/platform/server/schema-text.ts';
import { withTemporaryDatabase } from '../src/platform/server/temporary-database.ts';

const file = fileURLToPath(new URL('../db/schema.sql', import.meta.url));
writeFileSync(file, await withTemporaryDatabase(schemaText));
console.log('db/schema.sql is current.');
