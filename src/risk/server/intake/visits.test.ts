// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Visits } from './visits.ts';

it('holds one visit a household and day, whoever tells of it, and gives each household its own', () => {
  const told = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 6 })), { maxLength: 60 });
  fc.assert(
    fc.property(told, (rows) => {
      const visits = new Visits(rows.length, 5, 2);
      rows.forEach(([home, day], row) => {
        visits.answers(visits.of(home, day, row))[0]! += 1;
      });
      const byHand = new Map<string, { row: number; n: number }>();
      rows.forEach(([home, day], row) => {
        const found = byHand.get(`${home} ${day}`) ?? { row, n: 0 };
        byHand.set(`${home} ${day}`, { ...found, n: found.n + 1 });
      });
      expect(visits.count).toBe(byHand.size);
      for (const home of [0, 1, 2, 3, 4]) {
        for (const at of visits.ofHome(home)) {
          expect(visits.home(at)).toBe(home);
          const key = `${home} ${visits.day(at)}`;
          expect({ row: visits.row(at), n: visits.answers(at)[0] }).toEqual(byHand.get(key));
          byHand.delete(key);
        }
      }
      expect(byHand.size).toBe(0);
      expect([...visits.ofHome(-1)]).toEqual([]);
    }),
  );
});
