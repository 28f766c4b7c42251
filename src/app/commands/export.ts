// SPDX-License-Identifier: AGPL-3.0-or-later
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import type { FileAnswer } from '../../platform/server/endpoint.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import { ask, atCommandLine, placeByCode } from '../command-line.ts';
import { answer, withCommon } from '../terminal.ts';
import { mapQuery, ofPlace, type ShowOptions } from './risk.ts';

interface ExportOptions extends ShowOptions {
  readonly format: 'csv' | 'xlsx' | 'geojson';
  readonly force?: boolean;
}

export function addExport(program: Command): void {
  ofPlace(
    withCommon(
      program.command('export').argument('<file>', 'the file to write'),
      './waymark export districts.csv --place XA01',
      './waymark export communes.geojson --place KH --level 3 --format geojson',
    ),
  )
    .description('take the figures of a place and its parts away in a file')
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'xlsx', 'geojson']).default('csv'))
    .option('--force', 'replace a file that is there')
    .action(run);
}

async function run(file: string, options: ExportOptions): Promise<void> {
  const path = resolve(file),
    part = `${path}.part`;
  if (existsSync(path) && !options.force)
    throw new Refusal(`${path} is there already: choose another name, or say --force.`, { exitCode: exitCode.refused });
  await atCommandLine(options.data, async (line) => {
    const { mapEndpoints } = await import('../../risk/server/index.ts');
    const place = await placeByCode(line.owner, options.place);
    const { body } = await ask<FileAnswer>(line, mapEndpoints(line.owner), `/api/map.${options.format}`, {
      query: mapQuery(place, options),
    });
    try {
      await pipeline(typeof body === 'string' || Buffer.isBuffer(body) ? Readable.from([body]) : body, createWriteStream(part));
      renameSync(part, path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
    answer(options, { file: path, format: options.format }, [`Wrote ${path}.`]);
  });
}
