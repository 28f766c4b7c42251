// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { UserImport } from '../../access/domain/user-import.ts';
import { exitCode, Refusal } from '../../platform/server/refusal.ts';
import { answer, withCommon, type CommonOptions } from '../terminal.ts';
import { withAccess } from './with-access.ts';

interface ImportOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly newCodes?: boolean;
  readonly slips?: string;
  readonly address?: string;
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

export function addUserImport(user: Command): void {
  withCommon(
    user.command('import').argument('<file>', 'a CSV or XLSX file with a row for each person'),
    './waymark user import people.csv --dry-run',
    './waymark user import people.xlsx --slips slips.csv --address https://waymark.example.org/welcome',
  )
    .description('make many accounts with invitation codes, all of them or none')
    .option('--dry-run', 'say what would become of every row, and change nothing')
    .option('--new-codes', 'new codes also for those of the file who are there already and have not come in yet; their old ones end')
    .option('--slips <file>', 'write names, user names and codes to this new file, which only you can read')
    .option('--address <url>', 'where people go with their code, for that file')
    .action(importFile);
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  if (!options.dryRun && !options.slips && !options.json)
    throw new Refusal('Say where the codes go, which are shown this once: --slips FILE (or --json).', { exitCode: exitCode.usage });
  const { importUserFile } = await import('../../access/server/index.ts');
  await withAccess(options, async (access) => {
    const { dryRun = false, newCodes = false, address = '/welcome' } = options;
    const wish = { path: resolve(file), name: basename(file), dryRun, newCodes, address };
    // Opened before anything is made: a code that cannot be written down is lost.
    if (options.slips && !options.dryRun) writeFileSync(options.slips, '', { flag: 'wx', mode: 0o600 });
    const done = await importUserFile(access, wish);
    if (options.slips && done.slipsCsv) writeFileSync(options.slips, done.slipsCsv);
    answer(options, done, linesOf(done, options.slips));
    const refused = done.rows.some(({ verdict }) => verdict === 'refused');
    if (refused) process.exitCode = exitCode.rejectedRows;
  });
}

function linesOf({ state, rows, notes, waiting, slips: made }: UserImport, slips: string | undefined): string[] {
  const refused = rows.filter(({ verdict }) => verdict === 'refused');
  const wanted = rows.filter(({ verdict }) => verdict === 'make').length;
  const faults = refused.map(({ row, column, reason }) => `row ${row}${column ? `, ${column}` : ''}: ${reason}`);
  const again = made.length > wanted ? `, ${plural(made.length - wanted, 'new code')} for those who had not come in yet` : '';
  const still =
    waiting > 0 && made.length <= wanted ? [`${plural(waiting, 'person')} of it did not come in yet; --new-codes makes new codes.`] : [];
  const end: Record<UserImport['state'], string> = {
    tried: `${plural(wanted, 'account')} would be made; nothing has changed.`,
    refused: `${plural(refused.length, 'row')} cannot be taken, so nothing was made.`,
    'nothing-new': 'Everybody in this file is there already; nothing was made.',
    made: `${plural(wanted, 'account')} made${again}.${slips ? ` The codes are in ${slips}.` : ''}`,
  };
  return [...notes, ...faults, end[state], ...still];
}
