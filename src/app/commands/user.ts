// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { isRole, roles } from '../../access/domain/roles.ts';
import type { Access } from '../../access/server/index.ts';
import { placeByCode } from '../command-line.ts';
import { openInstallation, withDb } from '../installation.ts';
import { answer, withCommon, type CommonOptions } from '../terminal.ts';

interface AddOptions extends CommonOptions {
  readonly name?: string;
  readonly role: string;
  readonly place?: string;
  readonly locale: string;
  readonly passwordFile?: string;
}

export function addUser(program: Command): void {
  const user = program
    .command('user')
    .description('accounts: add, list, disable')
    .addHelpText('after', '\nExample:\n  $ ./waymark user add malee --name "Malee" --role coordinator --place XA01');
  withCommon(
    user.command('add').argument('<user-name>', 'what the person signs in with'),
    './waymark user add malee --name "Malee Srisuk" --role coordinator --place XA01',
    './waymark user add admin --role administrator',
  )
    .description('make an account; its password is made too and shown once')
    .option('--name <name>', 'how the person is called on screen (otherwise the user name)')
    .addOption(new Option('--role <role>', 'what the person does').choices([...roles]).makeOptionMandatory())
    .option(
      '--place <code>',
      'the place of the post, by its code (with its country where codes repeat: KH:0101); without one it reaches the whole installation',
    )
    .option('--locale <language>', 'the language of the screens', 'en')
    .option('--password-file <file>', 'take the password from the first line of this file instead of making one')
    .action(add);
  withCommon(user.command('list'), './waymark user list --json').description('every account with its posts').action(list);
  withCommon(user.command('disable').argument('<user-name>'), './waymark user disable malee')
    .description('sign somebody out everywhere and for good; nothing the person wrote is lost')
    .option('--undo', 'let the person sign in again')
    .action(disable);
}

// Loaded when it is needed: sign-in brings a library along that other commands should not wait for.
const room = () => import('../../access/server/index.ts');

async function add(userName: string, options: AddOptions): Promise<void> {
  await withAccess(options, async (access, ownerDb) => {
    const placeId = options.place ? await placeByCode(ownerDb, options.place) : null;
    const given = options.passwordFile ? readFileSync(options.passwordFile, 'utf8').split(/\r?\n/)[0] : undefined;
    if (!isRole(options.role)) return;
    const { accountId, password } = await (
      await room()
    ).createAccount(access, {
      userName,
      displayName: options.name ?? userName,
      locale: options.locale,
      role: options.role,
      placeId,
      ...(given ? { password: given } : {}),
    });
    answer(options, { accountId, userName, ...(given ? {} : { password }) }, [
      `${userName} can sign in.`,
      ...(given ? [] : [`Password, shown this once: ${password}`]),
    ]);
  });
}

async function list(options: CommonOptions): Promise<void> {
  await withAccess(options, async (access) => {
    const accounts = await (await room()).listAccounts(access);
    const lines = accounts.map((account) =>
      [
        account.userName.padEnd(20),
        account.displayName.padEnd(28),
        account.disabled ? 'disabled' : '        ',
        account.posts.map((post) => `${post.role.replace('_', ' ')}${post.place ? ` at ${post.place.name}` : ''}`).join(', '),
      ]
        .join(' ')
        .trimEnd(),
    );
    answer(
      options,
      { accounts },
      lines.length > 0
        ? lines
        : ['There is no account yet: the first page makes the first administrator, or: ./waymark user add NAME --role administrator'],
    );
  });
}

async function disable(userName: string, options: CommonOptions & { undo?: boolean }): Promise<void> {
  await withAccess(options, async (access) => {
    await (await room()).disableAccount(access, userName, !options.undo);
    answer(options, { userName, disabled: !options.undo }, [
      options.undo ? `${userName} can sign in again.` : `${userName} is signed out and cannot sign in.`,
    ]);
  });
}

async function withAccess(options: CommonOptions, fn: (access: Access, ownerDb: Kysely<unknown>) => Promise<void>): Promise<void> {
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
