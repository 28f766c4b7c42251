// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';

/** Written by the gate itself, whatever is asked and answered; each with why. */
const besides: readonly string[] = [
  'waymark.audit_entry', // the record of use, looked after by the trail
  'auth.session_state', // when this device was last seen
];

/** Which tables are written to while somebody asks: whoever is refused must have changed nothing, and whoever is let through something. */
export class Changes {
  readonly #owner: Kysely<unknown>;

  private constructor(owner: Kysely<unknown>) {
    this.#owner = owner;
  }

  /** Puts a trigger on every table, which notes a statement that wrote rows; what is rolled back takes its note along. */
  static async follow(owner: Kysely<unknown>): Promise<Changes> {
    await sql`create table waymark.walk_change (wrote text not null, by text not null)`.execute(owner);
    await sql`create function waymark.note_walk_change() returns trigger language plpgsql security definer set search_path = waymark, pg_temp as $$
      begin
        if exists (select from changed) then
          insert into walk_change values (format('%I.%I', tg_table_schema, tg_table_name), session_user);
        end if;
        return null;
      end $$`.execute(owner);
    await sql`do $$
      declare t record; how text[];
      begin
        for t in select n.nspname as room, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ('waymark', 'auth') and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'walk_change'
        loop
          foreach how slice 1 in array array[['insert', 'new'], ['update', 'new'], ['delete', 'old']] loop
            execute format('create trigger %I after %s on %I.%I referencing %s table as changed for each statement execute function waymark.note_walk_change()',
              'walk_' || how[1], how[1], t.room, t.name, how[2]);
          end loop;
        end loop;
      end $$`.execute(owner);
    return new Changes(owner);
  }

  /** The tables that requests wrote to since this was asked last; what the queue and the clock do in between does not count. */
  async sinceLast(): Promise<readonly string[]> {
    const { rows } = await sql<{ wrote: string }>`
      with noted as (delete from waymark.walk_change returning wrote, by)
      select distinct wrote from noted where by in ('waymark_app', 'waymark_auth') order by 1`.execute(this.#owner);
    return rows.map(({ wrote }) => wrote).filter((wrote) => !besides.includes(wrote));
  }
}
