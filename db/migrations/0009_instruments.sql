-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Instruments are versioned data. definition is risk/domain/instrument.ts's Instrument, whole; the columns beside it
-- are what SQL needs of it.
create table waymark.instrument (
  instrument_id uuid primary key,
  code          text not null,
  version       integer not null check (version > 0),
  scores        text not null check (scores in ('person', 'place')),   -- what it gives a standing to
  definition    jsonb not null,
  indicators    text[] not null,               -- the code at each position
  protected_codes text[] not null default '{}',
  state         text not null check (state in ('live', 'retired')),
  created_at    timestamptz not null default now(),
  unique (code, version)
);
create unique index instrument_one_live on waymark.instrument (code) where state = 'live';
alter table waymark.instrument enable row level security, force row level security;
create policy owner_all on waymark.instrument to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.instrument to waymark_jobs using (true) with check (true);
create policy everyone_reads on waymark.instrument for select to waymark_app using (waymark.actor_id() is not null);
create policy managers_write on waymark.instrument for all to waymark_app
  using (waymark.has_right('instruments.manage')) with check (waymark.has_right('instruments.manage'));
grant select, insert, update on waymark.instrument to waymark_app;
grant select on waymark.instrument to waymark_jobs;

-- An indicator at its position, so that no query has to open the definition. Filled by the trigger below.
create table waymark.instrument_indicator (
  instrument_id   uuid not null references waymark.instrument,
  instrument_code text not null,
  position        smallint not null,           -- byte of assessment.answers, from 0
  code            text not null,
  unit            text not null check (unit in ('person', 'household', 'place')),
  weight          integer not null check (weight > 0),
  by_sex          boolean not null,
  months          smallint not null,
  slot            smallint not null,           -- element of assessment.valid_until, from 1
  primary key (instrument_id, position),
  unique (instrument_id, code)
);
create index instrument_indicator_code on waymark.instrument_indicator (instrument_code);
alter table waymark.instrument_indicator enable row level security, force row level security;
create policy owner_all on waymark.instrument_indicator to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.instrument_indicator for select to waymark_jobs using (true);
create policy everyone_reads on waymark.instrument_indicator for select to waymark_app using (waymark.actor_id() is not null);
grant select on waymark.instrument_indicator to waymark_app, waymark_jobs;

create function waymark.spread_instrument() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if (new.code, new.version, new.scores, new.definition, new.indicators)
       is distinct from (old.code, old.version, old.scores, old.definition, old.indicators)
    then
      raise exception 'a published instrument never changes; publish a new version' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  insert into instrument_indicator
  select new.instrument_id, new.code, i.n - 1, i.d->>'code', i.d->>'unit', (i.d->>'weight')::integer, (i.d->>'bySex')::boolean,
         (i.d->>'months')::smallint, dense_rank() over (order by (i.d->>'months')::integer)
  from jsonb_array_elements(new.definition->'indicators') with ordinality i(d, n);
  if new.indicators <> array(select code from instrument_indicator where instrument_id = new.instrument_id order by position) then
    raise exception 'the indicators beside a definition are not those of the definition' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger spread_instrument after insert or update on waymark.instrument for each row execute function waymark.spread_instrument();

-- Are its answers scored from statistics?
create function waymark.made_of_statistics(p_instrument uuid) returns boolean
  language sql stable parallel safe set search_path = waymark, public, pg_temp
  return (select jsonb_path_exists(i.definition, '$.indicators[*].cuts') from waymark.instrument i where i.instrument_id = p_instrument);

-- The ends of an assessment's answers, one a distinct validity: the same time of day so many months later, clamped to the month's end.
create function waymark.valid_untils(instrument uuid, observed_at timestamptz) returns timestamptz[] language sql stable parallel safe
  return (select array_agg(((observed_at at time zone z) + make_interval(months => m)) at time zone z order by m)
          from waymark.time_zone() z,
               (select distinct months as m from waymark.instrument_indicator i where i.instrument_id = instrument) x);

-- Exact band: integers only. per_cent rounds half up to one decimal (whole numbers divide downwards), as the domain's perCent.
create function waymark.band_of(excess integer, known integer, applicable integer, medium integer, high integer, coverage integer)
  returns smallint language sql immutable parallel safe
  return case when known = 0 or 100 * known::bigint < coverage * applicable::bigint then 0
              when 50 * excess::bigint >= high * known::bigint then 3
              when 50 * excess::bigint >= medium * known::bigint then 2 else 1 end;
create function waymark.per_cent(part integer, whole integer) returns numeric language sql immutable parallel safe
  return round(((2000 * part::bigint + whole) / (2 * whole::bigint)) / 10.0, 1);
grant execute on function waymark.made_of_statistics, waymark.valid_untils, waymark.band_of, waymark.per_cent to waymark_app, waymark_jobs;
