// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { testFolder } from '../../../../test/support/folder.ts';
import { openVault } from './custody.ts';
import { makeKeyFile, readKeyFile, refuseKeyAmong, replaceKeyFile } from './key-file.ts';
import { MasterKey } from './master-key.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());

describe('the key file', () => {
  const folder = testFolder('waymark-key-file-');

  it('is made for its owner alone, and never written over', () => {
    const path = join(folder, 'deep', 'er', 'waymark.key'),
      key = MasterKey.make();
    expect(makeKeyFile(path, [key])).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path)?.map(({ id }) => id)).toEqual([key.id]);
    expect(makeKeyFile(path, [MasterKey.make()])).toBe(false);
    expect(readKeyFile(path)?.[0]?.id).toBe(key.id);
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['waymark.key']);
  });

  it('holds two keys while one follows the other, and stays where a link points', () => {
    const real = join(folder, 'real.key'),
      link = join(folder, 'link.key');
    const [old, next] = [MasterKey.make(), MasterKey.make()];
    makeKeyFile(real, [old]);
    symlinkSync(real, link);
    replaceKeyFile(link, [old, next]);
    expect(readKeyFile(real)?.map(({ id }) => id)).toEqual([old.id, next.id]);
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  it('is refused when others may read it, when it is no key, and when it was mistyped; the key itself is never said', () => {
    const path = join(folder, 'open.key');
    makeKeyFile(path, [MasterKey.make()]);
    for (const mode of [0o640, 0o604, 0o622, 0o601]) {
      chmodSync(path, mode);
      expect(() => readKeyFile(path)).toThrow(`chmod 600 ${path}`);
    }
    chmodSync(path, 0o600);
    const line = readFileSync(path, 'utf8').split('\n').at(-2)!;
    writeFileSync(
      path,
      line.replace(/.$/, (last) => (last === '7' ? '8' : '7')),
      { mode: 0o600 },
    );
    expect(() => readKeyFile(path)).toThrow(`${path}: This is not a whole key of Waymark: at least one letter or digit is wrong.`);
    writeFileSync(path, 'nothing\n');
    expect(() => readKeyFile(path)).toThrow('holds no line');
    expect(() => readKeyFile(folder)).toThrow('is no file');
    expect(readKeyFile(join(folder, 'nowhere', 'x'))).toBeNull();
  });

  it('is refused among the data, through whatever link, and nowhere else', () => {
    const data = join(folder, 'data'),
      elsewhere = join(folder, 'data-not');
    for (const each of [data, join(data, 'deep'), elsewhere]) mkdirSync(each);
    symlinkSync(data, join(folder, 'same-data'));
    symlinkSync(join(data, 'deep'), join(elsewhere, 'hidden'));
    symlinkSync(join(data, 'k'), join(folder, 'to-data.key'));
    writeFileSync(join(data, 'k'), '');
    for (const path of [
      join(data, 'waymark.key'),
      join(data, 'deep', 'not-there-yet', 'waymark.key'),
      join(folder, 'same-data', 'waymark.key'),
      join(elsewhere, 'hidden', 'waymark.key'),
      join(folder, 'to-data.key'),
      join(elsewhere, '..', 'data', 'waymark.key'),
    ]) {
      expect(() => refuseKeyAmong(path, [data]), path).toThrow('lies inside the data folder');
      expect(() => refuseKeyAmong(path, [join(folder, 'same-data')]), path).toThrow('--key-file or WAYMARK_KEY_FILE');
    }
    for (const path of [join(elsewhere, 'waymark.key'), join(folder, 'waymark.key'), join(folder, 'data.key')])
      expect(() => refuseKeyAmong(path, [data]), path).not.toThrow();
  });

  it('is made at the first start that needs it, and at no other', async () => {
    const keyFile = join(folder, 'first', 'waymark.key'),
      data = join(folder, 'data');
    const place = { keyFile, installationId: uuidv7(), notIn: [data] };
    await expect(openVault(db.owner, { ...place, keyFile: join(data, 'waymark.key') })).rejects.toThrow('lies inside the data folder');
    expect(existsSync(join(data, 'waymark.key'))).toBe(false);
    const first = await openVault(db.owner, place);
    expect(first).toMatchObject({ made: true });
    expect(await openVault(db.owner, place)).toMatchObject({ made: false, keyIds: first.keyIds });
    // A demo keeps it among its data: its people are made up.
    expect(await openVault(db.owner, { ...place, keyFile: join(data, 'waymark-key'), notIn: [] })).toMatchObject({ made: true });
  });

  it('says plainly where it cannot be written', () => {
    writeFileSync(join(folder, 'a-file'), '');
    expect(() => makeKeyFile(join(folder, 'a-file', 'waymark.key'), [MasterKey.make()])).toThrow(
      /^The master key cannot be written to .*a-file\/waymark\.key \((ENOTDIR|EEXIST)\)/,
    );
  });
});
