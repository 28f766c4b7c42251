// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCode } from '../platform/server/refusal.ts';
import { explain } from './terminal.ts';

/** In the order of the help. Loaded by name: what another command works with nobody should wait for. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./commands/start.ts')).addStart,
  import: async () => (await import('./commands/import.ts')).addImport,
  instrument: async () => (await import('./commands/instrument.ts')).addInstrument,
  risk: async () => (await import('./commands/risk.ts')).addRisk,
  export: async () => (await import('./commands/export.ts')).addExport,
  user: async () => (await import('./commands/user.ts')).addUser,
  key: async () => (await import('./commands/key.ts')).addKey,
  backup: async () => (await import('./commands/backup.ts')).addBackup,
  restore: async () => (await import('./commands/restore.ts')).addRestore,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
};

const exitCodes = `
Exit codes:
  0  done
  1  failed; the line on stderr says why
  2  the command was not understood
  3  some rows of a file were rejected
  4  not ready: nothing there yet, or the database does not answer
  5  refused, to protect what is there (folder in use, changed migration, older server, target not empty)

The database is the one under --data, or the server in WAYMARK_DATABASE_URL.`;

/** With the command that is asked for; with all of them where it is none of these, for the help. */
async function program(asked: string | undefined): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  const waymark = new Command('waymark')
    .description('Waymark: an open, self-hosted counter-trafficking information system')
    .version(version, '-V, --version', 'say which version this is')
    .helpCommand('help [command]', 'show how a command is used')
    .addHelpText('after', `\nExample:\n  $ ./waymark start --port 4000${'\n'}${exitCodes}`);
  const one = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  for (const load of one ? [one] : Object.values(commands)) (await load())(waymark);
  stopWithOurCodes(waymark);
  return waymark;
}

function stopWithOurCodes(command: Command, name = './waymark'): void {
  command.exitOverride();
  command.showHelpAfterError(`(${name} --help shows how)`);
  for (const child of command.commands) stopWithOurCodes(child, `${name} ${child.name()}`);
}

// The launcher was killed and can pass on no signal any more (scripts/run.mjs): stop as if it had.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

// A command that does not listen itself still ends in order: what is told at the end of a process stops a database it had started.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

// Whoever reads no further (`| head -1`) has what she wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.ok);
  throw error;
});

// Node itself would print every field of such an error, the row that the database refused among them.
process.on('uncaughtException', (error) => {
  tell(error);
  process.exit(exitCode.failed);
});

try {
  await (await program(process.argv[2])).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (process.exitCode !== exitCode.ok && process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ error: error.message.replace(/^error: /, ''), exitCode: exitCode.usage })}\n`);
    }
  } else {
    process.exitCode = tell(error);
  }
}

function tell(error: unknown): number {
  const { line, code } = explain(error);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: line, exitCode: code })}\n`);
  process.stderr.write(`${line}\n`);
  if (process.env['WAYMARK_DEBUG'] === '1') console.error(error);
  return code;
}
