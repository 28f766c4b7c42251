// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { isRole, roles } from '../../access/domain/roles.ts';
import { organisationByName, placeByCode } from '../command-line.ts';
import { addUserImport } from './user-import.ts';
import { withAccess } from './with-access.ts';
import { answer, withCommon, type CommonOptions } from '../terminal.ts';

interface AddOptions extends CommonOptions {
  readonly name?: string;
  readonly role: string;
  readonly place?: string;
  readonly organisation?: string;
  readonly locale: string;
  readonly passwordFile?: string;
}

export function addUser(program: Command): void {
  const user = program
    .command('user')
    .description('accounts: add, import, list, disable, reset-proof')
    .addHelpText('after', '\nExample:\n  $ ./waymark user add malee --name "Malee" --role coordinator --place XA01');
  withCommon(
    user.command('add').argument('<user-name>', 'what the person signs in with'),
    './waymark user add malee --name "Malee Srisuk" --role coordinator --place XA01',
    './waymark user add admin --role administrator',
    './waymark user add ratana --role case_worker --organisation "Safe Harbour"',
  )
    .description('make an account; its password is made too and shown once')
    .option('--name <name>', 'how the person is called on screen (otherwise the user name)')
    .addOption(new Option('--role <role>', 'what the person does').choices([...roles]).makeOptionMandatory())
    .option(
      '--place <code>',
      'the place of the post, by its code (with its country where codes repeat: KH:0101); without one it reaches the whole installation',
    )
    .option('--organisation <name>', 'the organisation that a case worker or partner works for, by its name')
    .option('--locale <language>', 'the language of the screens', 'en')
    .option('--password-file <file>', 'take the password from the first line of this file instead of making one')
    .action(add);
  addUserImport(user);
  withCommon(user.command('list'), './waymark user list --json').description('every account with its posts').action(list);
  withCommon(user.command('disable').argument('<user-name>'), './waymark user disable malee')
    .description('sign somebody out everywhere and for good; nothing the person wrote is lost')
    .option('--undo', 'let the person sign in again')
    .action(disable);
  withCommon(user.command('reset-proof').argument('<user-name>'), './waymark user reset-proof malee')
    .description('take the code app, passkeys and recovery codes of somebody away who has lost them all, and sign the person out')
    .action(resetProof);
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
      organisationId: options.organisation ? await organisationByName(ownerDb, options.organisation) : null,
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
        account.posts
          .map(
            (post) =>
              `${post.role.replace('_', ' ')}${post.place ? ` at ${post.place.name}` : ''}${post.organisation ? ` in ${post.organisation.name}` : ''}`,
          )
          .join(', '),
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

async function resetProof(userName: string, options: CommonOptions): Promise<void> {
  await withAccess(options, async (access) => {
    await (await room()).resetProof(access, userName);
    answer(options, { userName }, [
      `${userName} is signed out and has no second proof any more; where the role asks for one, it is set up at the next sign-in.`,
    ]);
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
