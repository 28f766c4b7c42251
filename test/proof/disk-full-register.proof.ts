// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ill, Killable, until } from './killable.ts';
import { Registering } from './registering.ts';
import { asRoot, must } from './support.ts';

/** Households are registered and visited over HTTP on a disk of its own, which fills up again and again. */
const rounds = 12;
const folder = mkdtempSync(join(tmpdir(), 'waymark-disk-')),
  disk = join(folder, 'disk'),
  ballast = join(disk, 'ballast'),
  before = process.env['TMPDIR'];
let at: Killable, phones: Registering;

/** Takes what is left, while others take of it too: again and again, so that what they give back does not help them. */
async function keepFull(enough: () => boolean): Promise<void> {
  for (const end = performance.now() + 120_000; !enough() && performance.now() < end; await sleep(100)) {
    const { bavail, bsize } = statfsSync(disk);
    try {
      if (bavail > 0) writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flag: 'a' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
}

beforeAll(async () => {
  if (!asRoot) return;
  mkdirSync(disk);
  must('mount', '-t', 'tmpfs', '-o', 'size=1200m,mode=0700', 'tmpfs', disk);
  process.env['TMPDIR'] = disk;
  at = new Killable(4391);
  await at.begin();
  phones = await Registering.prepare(at, at.address);
});
afterAll(async () => {
  if (!asRoot) return;
  await at.end();
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  must('umount', '-l', disk);
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(asRoot)('A disk that fills up while households are registered', () => {
  it('refuses what it cannot keep, keeps every acknowledged write once, and goes on by itself once there is room', async () => {
    phones.begin();
    for (let round = 0; round < rounds; round++) {
      await until(async () => phones.saved.assessments.size > (round + 1) * 40, 120_000);
      // The database has some room of its own set aside: a while longer it keeps what it is given.
      const before = phones.sentAgain;
      await keepFull(() => phones.sentAgain > before + 100);
      expect(phones.sentAgain, 'was sent again while there was no room').toBeGreaterThan(before + 100);
      rmSync(ballast);
      await until(at.healthy, 120_000);
    }
    await until(async () => phones.saved.assessments.size > (rounds + 1) * 40, 120_000);
    expect(await phones.stop()).toBeNull();
    await phones.expectAllThereOnce(at);
    expect(ill(await at.doctor('--full'))).toEqual([]);
    const { people, assessments, consents } = phones.saved;
    console.log(
      `${rounds} times without a byte of room: ${people.size} people, ${assessments.size} visits, ${consents.size} consents acknowledged, none lost or doubled; ${phones.sentAgain} sent again`,
    );
  }, 900_000);
});
