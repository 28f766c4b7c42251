// SPDX-License-Identifier: AGPL-3.0-or-later
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { accessEndpoints, type Access, type AccessSettings } from '../access/server/index.ts';
import { auditEndpoints } from '../audit/server/index.ts';
import { importEndpoints, placesEndpoints, placesImport, type ImportJobs } from '../places/server/index.ts';
import type { Endpoint } from '../platform/server/endpoint.ts';
import type { JobHandler } from '../platform/server/jobs.ts';
import { areaStatsKind, riskEndpoints } from '../risk/server/index.ts';
import { clockJobs } from './clock-jobs.ts';

/** What rooms may need of the running server when they make their endpoints. */
export interface RoomPorts {
  readonly db: Kysely<unknown>;
  /** As waymark_jobs: counts everybody for the disclosure function. */
  readonly counting: Kysely<unknown>;
  readonly access: Access;
  readonly accessSettings: AccessSettings;
  readonly imports: ImportJobs;
  readonly dataFolder: string;
}

/** Every endpoint of every room: the one list that the gate, the API description and the authorisation walk are made from. */
export function allEndpoints({ db, counting, access, accessSettings, imports, dataFolder }: RoomPorts): readonly Endpoint[] {
  return [
    ...accessEndpoints(access, accessSettings),
    ...auditEndpoints,
    ...placesEndpoints,
    ...importEndpoints({ kinds: [placesImport, areaStatsKind], db, folder: join(dataFolder, 'imports'), jobs: imports }),
    ...riskEndpoints(counting),
  ];
}

/** Everything that goes on behind answers. */
export function allJobs(): readonly JobHandler[] {
  return clockJobs();
}
