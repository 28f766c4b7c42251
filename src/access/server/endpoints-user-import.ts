// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { UserImport } from '../domain/user-import.ts';
import type { Access } from './access.ts';
import { manage } from './account-endpoint.ts';
import { importUsers } from './user-import.ts';

const Flag = Type.Unsafe<'true' | 'false'>(Type.Enum(['true', 'false']));

/** Many accounts from one file. */
export function userImportEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/accounts/import',
      tag: 'accounts',
      summary:
        'Make accounts from a CSV or XLSX file, all or none, or say what would become of every row; codes are in this answer and nowhere else',
      rule: manage,
      upload: { maxBytes: 10_000_000 },
      body: Type.Object({
        dryRun: Flag,
        newCodes: Type.Optional(Flag),
        address: Type.Optional(Type.String({ maxLength: 200, pattern: '^https?://[^\\s<>"]+$' })),
      }),
      response: UserImport,
      problems: ['unreadable-file', 'too-large'],
      async handle({ tx, body, uploads, audit }) {
        const [file] = uploads;
        if (!file || uploads.length !== 1) throw new Problem('bad-input', 'Send one file.');
        const [dryRun, newCodes] = [body.dryRun === 'true', body.newCodes === 'true'];
        const wish = { path: file.path, name: file.fileName, dryRun, newCodes, address: body.address ?? '/welcome' };
        return importUsers(access, tx, wish, audit);
      },
    }),
  ];
}
