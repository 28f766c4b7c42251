-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How many people of each kind stand in each band, for every place and each of its ancestors. Kept by the triggers below;
-- nobody else writes it, so it cannot drift from the standings.
create table waymark.rollup (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  sex             smallint not null,
  age_group       smallint not null,
  band            smallint not null,
  n               integer not null,
  primary key (region_id, place_id, instrument_code, sex, age_group, band)
);
create index rollup_instrument on waymark.rollup (instrument_code, place_id);
-- How many people gave each scored answer; protected indicators are never counted here.
create table waymark.rollup_answer (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  indicator       text not null,
  score           smallint not null check (score between 1 and 3),
  n               integer not null,
  primary key (region_id, place_id, instrument_code, indicator, score)
);
-- The rollup as it stood at the end of each month, for history and for maps of a past date: close_month.
create table waymark.rollup_month (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  month_end       date not null,
  sex             smallint not null,
  age_group       smallint not null,
  band            smallint not null,
  n               integer not null,
  primary key (region_id, place_id, instrument_code, month_end, sex, age_group, band)
);

-- Exact counts by plain query are for those who may see them; everybody else's figures are the published ones.
do $$ declare t text; begin
  foreach t in array array['rollup', 'rollup_answer', 'rollup_month'] loop
    execute format('alter table waymark.%I enable row level security, force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_all on waymark.%I to waymark_jobs using (true) with check (true)', t);
    execute format('create policy scope_reads on waymark.%I for select to waymark_app
      using (waymark.has_right(''risk.read'') and waymark.has_right(''figures.exact'') and waymark.in_scope(place_id))', t);
    execute format('grant select on waymark.%I to waymark_app, waymark_jobs', t);
  end loop;
end $$;

-- Rollups follow every statement on standing, in the same transaction, for the place and each of its ancestors. One
-- function a kind of statement, because a trigger with transition tables serves one only. Security definer: a person
-- who records an answer in her village may not write her province's figures, and yet they must follow.
-- They look only at rows whose figures changed, and one country and instrument at a time: nearly every write moves the country's own
-- rows anyway, and taking them in turn is what keeps two provinces from deadlocking there.
do $do$ declare source text; op text; tables text; begin
  foreach op in array array['insert', 'update', 'delete'] loop
    source := case op
      when 'insert' then $q$select s.place_id, s.instrument_code, s.instrument_version,
                                   s.sex, s.age_group, s.band, s.answers, 1 as d, true as moved, true as said
                            from new_rows s where s.subject_kind = 'person'$q$
      when 'delete' then $q$select s.place_id, s.instrument_code, s.instrument_version,
                                   s.sex, s.age_group, s.band, s.answers, -1 as d, true as moved, true as said
                            from old_rows s where s.subject_kind = 'person'$q$
      else $q$select x.place_id, x.instrument_code, x.instrument_version, x.sex, x.age_group, x.band, x.answers, x.d,
                     (o.place_id, o.sex, o.age_group, o.band) is distinct from (n.place_id, n.sex, n.age_group, n.band) as moved,
                     (o.place_id, o.instrument_version, o.answers) is distinct from (n.place_id, n.instrument_version, n.answers) as said
              from old_rows o join new_rows n using (region_id, instrument_code, subject_kind, subject_id)
              cross join lateral (values (o.place_id, instrument_code, o.instrument_version, o.sex, o.age_group, o.band, o.answers, -1),
                                         (n.place_id, instrument_code, n.instrument_version, n.sex, n.age_group, n.band, n.answers, 1))
                x(place_id, instrument_code, instrument_version, sex, age_group, band, answers, d)
              where subject_kind = 'person'$q$ end;
    tables := concat_ws(' ',
      case when op <> 'insert' then 'old table as old_rows' end,
      case when op <> 'delete' then 'new table as new_rows' end);
    execute format($fn$
      create function waymark.rollup_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp as $body$
      declare code text; country text;
      begin
        for code, country in select distinct s.instrument_code, p.country
            from (%2$s) s join place p using (place_id)
            where s.moved or s.said order by 1, 2 loop
          perform pg_advisory_xact_lock(hashtext('waymark.rollup:' || code), hashtext(country));
        end loop;
        if not found then return null; end if;

        insert into rollup as r (region_id, place_id, instrument_code, sex, age_group, band, n)
        select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
        from (select place_id, instrument_code, sex, age_group, band, sum(d)::integer as n from (%2$s) s where s.moved
              group by 1, 2, 3, 4, 5 having sum(d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5, 6 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5, 6
        on conflict (region_id, place_id, instrument_code, sex, age_group, band) do update set n = r.n + excluded.n;

        insert into rollup_answer as r (region_id, place_id, instrument_code, indicator, score, n)
        select a.region_id, a.place_id, x.instrument_code, x.indicator, x.score, sum(x.n)
        from (select s.place_id, s.instrument_code, ins.indicators[i + 1] as indicator, get_byte(s.answers, i)::smallint as score,
                     sum(s.d)::integer as n
              from (%2$s) s
              join instrument ins on ins.code = s.instrument_code and ins.version = s.instrument_version
              join generate_series(0, length(s.answers) - 1) i on true
              where s.said and get_byte(s.answers, i) between 1 and 3 and ins.indicators[i + 1] <> all (ins.protected_codes)
              group by 1, 2, 3, 4 having sum(s.d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5
        on conflict (region_id, place_id, instrument_code, indicator, score) do update set n = r.n + excluded.n;
        return null;
      end $body$;
      create trigger rollup_after_%1$s after %1$s on waymark.standing
        referencing %3$s for each statement execute function waymark.rollup_after_%1$s();
    $fn$, op, source, tables);
  end loop;
end $do$;
