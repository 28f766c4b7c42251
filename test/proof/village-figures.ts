// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { startOfDate } from '../../src/platform/domain/zoned-time.ts';
import { foldPerson, type PastAssessment } from '../../src/risk/domain/fold.ts';
import { household28 } from '../../src/risk/domain/instruments/household-28.ts';
import { packAnswers, type Answers } from '../../src/risk/domain/pack.ts';
import { personStandingOf } from '../../src/risk/domain/standing.ts';
import { validUntils } from '../../src/risk/domain/valid-until.ts';
import type { TestDatabase } from '../support/database.ts';

/** How many, by village and what is counted there: "sex age-group band" of people, "indicator score" of answers that anybody may count. */
export type VillageFigures = Record<string, Record<string, number>>;

const open = household28.indicators.map((each, at) => ({ code: each.code, at, hidden: each.protected })).filter(({ hidden }) => !hidden);

/** Counted line by line from the file, as the domain scores one person: neither the engine of imports nor the database has a hand in it. */
export async function figuresOfFile(file: string, at: number, timeZone: string): Promise<VillageFigures> {
  const figures: VillageFigures = {};
  let heads: readonly string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const cells = line.split(',');
    if (heads.length === 0) {
      heads = cells;
      continue;
    }
    const row = Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? '']));
    const sex = row['sex'] === 'f' ? 2 : 1;
    const visits = (['person', 'household'] as const).map((kind) => visitOf(kind, row, at, timeZone));
    const standing = personStandingOf(foldPerson(visits, household28, sex, at), household28, row['born']!, at, timeZone, visits);
    const village = (figures[row['village']!] ??= {});
    const count = (cell: string) => (village[cell] = (village[cell] ?? 0) + 1);
    count(`${sex} ${standing.ageGroup} ${standing.band}`);
    for (const { code, at: nth } of open) {
      const score = standing.answers[nth]!;
      if (score >= 1 && score <= 3) count(`${code} ${score}`);
    }
  }
  return figures;
}

function visitOf(kind: 'person' | 'household', row: Readonly<Record<string, string>>, at: number, timeZone: string): PastAssessment {
  const answers: Answers = {};
  for (const { code, unit } of household28.indicators) {
    const said = row[code];
    if (unit === kind && said) answers[code] = said === 'unknown' ? said : (Number(said) as 1 | 2 | 3);
  }
  const observedAt = startOfDate(row['asked_on']!, timeZone);
  return {
    assessmentId: `${kind} ${row['person']}`,
    subjectKind: kind,
    level: null,
    origin: 'measured',
    instrument: household28,
    answers: packAnswers(household28, kind, answers),
    observedAt,
    recordedAt: at,
    validUntil: validUntils(household28, observedAt, timeZone),
    supersedes: null,
    undone: false,
  };
}

/** The same as the tables of figures hold them. */
export async function figuresKept(db: TestDatabase): Promise<VillageFigures> {
  const { rows } = await sql<{ village: string; cell: string; n: number }>`
    with figure as (
      select place_id, concat_ws(' ', sex, age_group, band) as cell, n from waymark.rollup where instrument_code = ${household28.code}
      union all select place_id, concat_ws(' ', indicator, score), n from waymark.rollup_answer where instrument_code = ${household28.code}
    )
    select v.code as village, f.cell, f.n from figure f join waymark.place v using (place_id) where v.level = 3 and f.n <> 0`.execute(
    db.owner,
  );
  const figures: VillageFigures = {};
  for (const { village, cell, n } of rows) (figures[village] ??= {})[cell] = n;
  return figures;
}
