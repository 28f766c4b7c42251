// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Access } from '../../access/server/index.ts';
import { openInstallation, withDb } from '../installation.ts';
import type { CommonOptions } from '../terminal.ts';

// Loaded when it is needed: sign-in brings a library along that other commands should not wait for.
const room = () => import('../../access/server/index.ts');

/** The room of accounts, opened for one command on the installation that it names. */
export async function withAccess(options: CommonOptions, fn: (access: Access, ownerDb: Kysely<unknown>) => Promise<void>): Promise<void> {
  const installation = await openInstallation(options.data);
  const { openAccess, sessionSecret } = await room();
  try {
    await withDb(installation.urls.owner, (ownerDb) =>
      withDb(installation.urls.app, async (app) => {
        const secret = sessionSecret(installation.dataFolder, process.env['WAYMARK_SESSION_SECRET']);
        const access = openAccess({ urls: installation.urls, app, secret, publicOrigin: null, now: () => new Date(), newId: uuidv7 });
        try {
          await fn(access, ownerDb);
        } finally {
          await access.close();
        }
      }),
    );
  } finally {
    await installation.close();
  }
}
