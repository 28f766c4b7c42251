// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Command } from 'commander';
import { exitCode } from '../../platform/server/refusal.ts';
import { examine } from '../examination.ts';
import { openInstallation } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';

export function addDoctor(program: Command): void {
  withCommon(program.command('doctor'), './waymark doctor', './waymark doctor --json')
    .description(
      'examine an installation: versions, disk, migrations, rights of the database roles, row security, the seals of the record of use, figures kept and given out',
    )
    .option('--key-file <file>', 'the master key of the identity vault (otherwise WAYMARK_KEY_FILE, otherwise its usual place)')
    .option('--full', 'also score everybody anew and compare (a minute for a province)')
    .action(async (options: CommonOptions & { full?: boolean; keyFile?: string }) => {
      const progress = progressOn();
      const installation = await openInstallation(options.data);
      try {
        const findings = await examine(installation, {
          full: options.full ?? false,
          keyFile: options.keyFile,
          onCheck: (what) => progress.phase(`Examining ${what}`),
        });
        progress.end();
        const ill = findings.filter((finding) => finding.state === 'ill');
        answer(options, { healthy: ill.length === 0, findings }, [
          ...findings.map(({ state, what, detail }) => `${{ well: 'ok  ', note: 'note', ill: 'ILL ' }[state]}  ${what}: ${detail}`),
          ill.length === 0 ? 'Waymark is well.' : `${ill.length} of ${findings.length} need attention.`,
        ]);
        if (ill.length > 0) process.exitCode = exitCode.failed;
      } finally {
        progress.end();
        await installation.close();
      }
    });
}
