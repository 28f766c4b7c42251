// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { examineRecord } from '../audit/server/index.ts';
import { recordedLayout } from '../platform/server/cluster-layout.ts';
import { appliedMigrations, compare, readMigrations } from '../platform/server/migrate.ts';
import { examineErased, examineIdentities } from './examination-vault.ts';
import { withDb, type Installation } from './installation.ts';

export interface Finding {
  readonly state: 'well' | 'note' | 'ill';
  readonly what: string;
  readonly detail: string;
}

type Check = (db: Kysely<unknown>, installation: Installation, keyFile?: string) => Promise<Omit<Finding, 'what'>>;

const well = (detail: string) => ({ state: 'well' as const, detail });
const note = (detail: string) => ({ state: 'note' as const, detail });
const ill = (detail: string) => ({ state: 'ill' as const, detail });

/** Looks at everything that must hold for data to be safe and figures to be right. Changes nothing. `full` scores everybody anew. */
export async function examine(
  installation: Installation,
  options: { full: boolean; keyFile?: string | undefined; onCheck?: (what: string) => void },
): Promise<Finding[]> {
  return withDb(installation.urls.owner, async (db) => {
    const findings: Finding[] = [];
    for (const [what, check] of options.full ? [...checks, ['standings', standings] as const] : checks) {
      options.onCheck?.(what);
      try {
        findings.push({ what, ...(await check(db, installation, options.keyFile)) });
      } catch (error) {
        findings.push({ what, ...ill(`could not be examined: ${(error as Error).message}`) });
      }
    }
    return findings;
  });
}

const checks: readonly (readonly [string, Check])[] = [
  [
    'versions',
    async (db) => {
      const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
      const {
        rows: [row],
      } = await sql<{ server: string }>`select current_setting('server_version') as server`.execute(db);
      return well(`Waymark ${version}, Node ${process.versions.node}, PostgreSQL ${row?.server}`);
    },
  ],
  [
    'database',
    async (_db, { database, dataFolder }) =>
      database === 'server'
        ? well('the server in WAYMARK_DATABASE_URL')
        : well(
            `in ${dataFolder}, ${recordedLayout(dataFolder)?.mode ?? 'of unknown kind'}, ${database === 'running' ? 'running' : 'started for this examination'}`,
          ),
  ],
  [
    'disk',
    async (_db, { dataFolder }) => {
      const { bavail, bsize } = statfsSync(dataFolder);
      const free = (bavail * bsize) / 2 ** 30;
      return (free < 0.5 ? ill : free < 2 ? note : well)(`${free.toFixed(1)} GB free`);
    },
  ],
  [
    'data folder',
    async (_db, { dataFolder }) => {
      const open = ['.', 'secrets', 'run', 'db', 'audit']
        .map((part) => join(dataFolder, part))
        .filter((path) => {
          const info = statSync(path, { throwIfNoEntry: false });
          return info && (info.mode & 0o077) !== 0;
        });
      return open.length === 0 ? well('only its owner may enter') : ill(`others may enter ${open.join(', ')}: chmod 700`);
    },
  ],
  [
    'migrations',
    async (db) => {
      const missing = compare(await appliedMigrations(db), readMigrations());
      return missing.length === 0
        ? well('current')
        : ill(`${missing.length} still to apply (the next start does): ${missing.map((each) => each.name).join(', ')}`);
    },
  ],
  ['roles', roles],
  ['row security', rowSecurity],
  ['record of use', (db, { dataFolder }) => examineRecord(db, dataFolder)],
  ['identity vault', (db, { dataFolder }, keyFile) => examineIdentities(db, dataFolder, keyFile)],
  ['erasures', (db, { dataFolder }, keyFile) => examineErased(db, dataFolder, keyFile)],
  ['saved answers', toFollow],
  ['rollups', rollups],
  ['lists of people', lists],
  ['published months', published],
  ['summed statistics', sums],
];

async function roles(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { rows } = await sql<{ name: string; wrong: string[]; owns: number }>`
    select r.rolname as name,
      array_remove(array[case when r.rolsuper then 'is a superuser' end, case when r.rolbypassrls then 'passes row security by' end,
        case when r.rolcreatedb then 'may create databases' end, case when r.rolreplication then 'may replicate' end,
        case when r.rolcreaterole and r.rolname <> 'waymark_owner' then 'may create roles' end,
        case when r.rolname <> 'waymark_owner' and pg_has_role(r.oid, 'waymark_owner', 'member') then 'is a member of waymark_owner' end], null) as wrong,
      (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relowner = r.oid and n.nspname in ('waymark', 'auth', 'public')) as owns
    from pg_roles r where r.rolname in ('waymark_owner', 'waymark_app', 'waymark_auth', 'waymark_jobs') order by 1`.execute(db);
  const wrong = rows.flatMap(({ name, wrong: faults, owns }) =>
    [...faults, ...(name !== 'waymark_owner' && owns > 0 ? [`owns ${owns} objects`] : [])].map((fault) => `${name} ${fault}`),
  );
  if (rows.length < 4) wrong.push(`only ${rows.map((row) => row.name).join(', ')} exist`);
  return wrong.length === 0
    ? well('none is a superuser or passes row security by; only waymark_owner owns anything')
    : ill(wrong.join('; '));
}

async function rowSecurity(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { rows } = await sql<{ name: string; forced: boolean; exempt: boolean }>`
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
      not has_table_privilege('waymark_app', c.oid, 'insert, update, delete') and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname in ('place_id', 'person_id', 'subject_id', 'account_id')) as exempt
    from pg_class c where c.relnamespace = 'waymark'::regnamespace and c.relkind in ('r', 'p') order by 1`.execute(db);
  const open = rows.filter((row) => !row.forced && !row.exempt && row.name !== 'installation').map((row) => row.name);
  return open.length === 0
    ? well(
        `forced on ${rows.filter((row) => row.forced).length} of ${rows.length} tables; the others hold nothing about a place or a person`,
      )
    : ill(`not forced on ${open.join(', ')}`);
}

async function rollups(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { recountRollups } = await import('../risk/server/index.ts');
  return compared(await db.transaction().execute((tx) => recountRollups(tx)), 'equal the sum of the standings');
}

async function lists(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { recountLists } = await import('../risk/server/index.ts');
  return compared(await db.transaction().execute((tx) => recountLists(tx)), 'say what the standings say');
}

async function published(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { recountPublished } = await import('../risk/server/index.ts');
  const early = await closedEarly(db);
  const found = compared(await db.transaction().execute((tx) => recountPublished(tx)), 'say what was counted when the month was closed');
  if (found.state !== 'well' || early.length === 0) return found;
  return note(
    `${early.join(', ')}: closed before it was over, because this machine's clock was ahead. What was given out stays as it was given (docs/decisions/0004-disclosure.md); set the clock right`,
  );
}

/** Months, as "2026-12", that were closed and are not over. */
async function closedEarly(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ month: string }>`
    select distinct to_char(month_end, 'YYYY-MM') as month from waymark.published_month
    where month_end >= (now() at time zone waymark.time_zone())::date order by 1`.execute(db);
  return rows.map(({ month }) => month);
}

async function sums(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { recountSums } = await import('../risk/server/index.ts');
  return compared(await db.transaction().execute((tx) => recountSums(tx)), 'equal the sum of what was measured');
}

/**
 * A server that runs takes them within a second, those about places where many live some people at a time; without one they wait for the next start,
 * and standings are behind until then.
 */
async function toFollow(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const {
    rows: [row],
  } = await sql<{ n: number; places: number; late: number }>`
    select count(*)::integer as n, count(f.done_at)::integer as places,
      count(*) filter (where greatest(f.asked_at, case when f.people > 1 then m.moved_at end) < now() - interval '1 minute')::integer as late
    from waymark.answer_to_follow f cross join (select max(done_at) as moved_at from waymark.answer_to_follow) m`.execute(db);
  if (!row || row.n === 0) return well('none waits to be followed by standings and figures');
  const text = `${row.n} are saved and wait to be followed by standings and figures, ${row.late} of them for more than a minute`;
  if (row.late > 0) return ill(`${text}; start Waymark, and read its log if they stay`);
  return note(row.places > 0 ? `${text}; about places where many live: ${row.places}, their people are being counted again` : text);
}

async function standings(db: Kysely<unknown>): Promise<Omit<Finding, 'what'>> {
  const { recount } = await import('../risk/server/index.ts');
  const butWaiting = { butWaiting: true };
  return compared(
    await db.transaction().execute((tx) => recount(tx, undefined, butWaiting)),
    'equal a recount from every assessment that is followed',
  );
}

function compared(differences: readonly { what: string; key: string }[], equal: string): Omit<Finding, 'what'> {
  const [first] = differences;
  return first ? ill(`${differences.length} differ, such as ${first.what} ${first.key}`) : well(equal);
}
