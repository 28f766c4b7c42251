// SPDX-License-Identifier: AGPL-3.0-or-later
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { openVault, refuseKeyAmong, type KeyPlace, type Vault } from '../people/server/index.ts';
import { Problem } from '../platform/domain/problem.ts';
import { recordedLayout } from '../platform/server/cluster-layout.ts';
import { Refusal } from '../platform/server/refusal.ts';

export interface VaultSettings {
  /** Any login that may ask which keys there are: the application's or the owner's. */
  readonly db: Kysely<unknown>;
  readonly dataFolder: string;
  /** --key-file; otherwise WAYMARK_KEY_FILE, otherwise where keys are kept by default. */
  readonly keyFile?: string | undefined;
  /** Told once where a key was made that was not there before. */
  readonly onMade?: (line: string) => void;
}

/** What an installation says of itself, once it is set up. */
interface SetUp {
  readonly id: string;
  readonly demo: boolean;
}

/** The vault of one installation, opened when it is first asked for: an installation that keeps no people needs no key. */
export class VaultAtHand {
  readonly #settings: VaultSettings;
  #opening: Promise<Vault> | null = null;

  constructor(settings: VaultSettings) {
    this.#settings = settings;
  }

  /** Throws a Refusal that says what to do. */
  open(): Promise<Vault> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** The same for somebody who asks over the network: she is told that it is shut, the log why. */
  async forRequest(): Promise<Vault> {
    try {
      return await this.open();
    } catch (cause) {
      throw cause instanceof Refusal ? new Problem('vault-closed', undefined, { cause }) : cause;
    }
  }

  async #open(): Promise<Vault> {
    const setUp = await findSetUp(this.#settings.db);
    if (!setUp) throw new Problem('not-ready');
    const place = keyPlace(this.#settings, setUp);
    const { vault, keyIds, made } = await openVault(this.#settings.db, place);
    if (made)
      this.#settings.onMade?.(
        `The master key ${keyIds[0]} was made in ${place.keyFile}. Names can be read with it and no other way: keep a copy apart from this machine and from its backups (./waymark key escrow).`,
      );
    return vault;
  }
}

/** Refuses a key that was named by hand and lies among the data, whether it is needed yet or not. */
export async function refuseNamedKeyAmongData(settings: VaultSettings): Promise<void> {
  const named = namedKeyFile(settings.keyFile);
  if (named !== null && !(await findSetUp(settings.db))?.demo) refuseKeyAmong(named, dataFolders(settings.dataFolder));
}

/** Whether this database must not be served without its key: people are kept, or names were. */
export async function needsVault(db: Kysely<unknown>): Promise<boolean> {
  const {
    rows: [row],
  } = await sql<{ needed: boolean }>`
    select exists (select from waymark.installation where people_kept) or exists (select from waymark.vault_keys() where anybody) as needed`.execute(
    db,
  );
  return row?.needed ?? false;
}

export function keyPlace({ dataFolder, keyFile }: Pick<VaultSettings, 'dataFolder' | 'keyFile'>, { id, demo }: SetUp): KeyPlace {
  return {
    keyFile: namedKeyFile(keyFile) ?? (demo ? join(dataFolder, 'waymark-key') : defaultKeyFile(id)),
    installationId: id,
    notIn: demo ? [] : dataFolders(dataFolder),
  };
}

/** Beside the settings of the machine for a service that root started, of the user for everybody else; by installation, so that two never meet. */
export function defaultKeyFile(installationId: string): string {
  const settings = process.getuid?.() === 0 ? '/etc' : process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(settings, 'waymark', `${installationId}.key`);
}

export async function findSetUp(db: Kysely<unknown>): Promise<SetUp | null> {
  const { rows } = await sql<SetUp>`select installation_id as id, is_demo as demo from waymark.installation`.execute(db);
  return rows[0] ?? null;
}

export function namedKeyFile(option: string | undefined): string | null {
  return option || process.env['WAYMARK_KEY_FILE'] || null;
}

/** The data folder, and the database's files where they lie elsewhere. */
function dataFolders(dataFolder: string): string[] {
  const layout = recordedLayout(dataFolder);
  return [dataFolder, ...(layout ? [layout.db] : [])];
}
