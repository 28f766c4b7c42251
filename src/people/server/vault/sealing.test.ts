// SPDX-License-Identifier: AGPL-3.0-or-later
import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../domain/identity.ts';
import { openBytes, padded, sealBytes, SealBroken, unpadded } from './envelope.ts';
import { divideKey, joinKey } from './escrow.ts';
import { readKey, writeKey } from './key-text.ts';
import { MasterKey } from './master-key.ts';
import { Vault, type SealedIdentity } from './vault.ts';

const installationId = uuidv7();
const vaultOf = (...keys: MasterKey[]) => new Vault({ installationId, keys, reload: () => keys });
const key = MasterKey.make();
const vault = vaultOf(key);
const sokha: Identity = { names: [{ kind: 'official', full: 'Chan Sokha' }], phones: ['+85512345678'], documents: [] };
const personId = uuidv7();
const flipped = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes);
  other[at]! ^= 1;
  return other;
};

describe('a sealed identity', () => {
  const row = vault.seal(7, personId, sokha);

  it('opens with its key, and looks different every time it is sealed', () => {
    expect(vault.open(row)).toEqual(sokha);
    const again = vault.seal(7, personId, sokha);
    expect(again.sealed.equals(row.sealed)).toBe(false);
    expect(again.wrapped.equals(row.wrapped)).toBe(false);
    expect(row.sealed.includes('Sokha')).toBe(false);
  });

  it('stays shut when any byte of it was changed, or it was cut', () => {
    for (const part of ['sealed', 'wrapped'] as const) {
      for (let at = 0; at < row[part].length; at++)
        expect(() => vault.open({ ...row, [part]: flipped(row[part], at) }), `${part} ${at}`).toThrow(SealBroken);
      for (const length of [0, 1, 12, 28, row[part].length - 1])
        expect(() => vault.open({ ...row, [part]: row[part].subarray(0, length) })).toThrow(SealBroken);
    }
  });

  it('stays shut on another person, in another region, and beside another person’s key', () => {
    const dara = vault.seal(7, uuidv7(), { ...sokha, names: [{ kind: 'official', full: 'Dara' }] });
    const moved: SealedIdentity[] = [
      { ...row, personId: dara.personId },
      { ...row, regionId: 8 },
      { ...row, wrapped: dara.wrapped },
      { ...row, sealed: dara.sealed },
      { ...dara, wrapped: row.wrapped, sealed: row.sealed },
    ];
    for (const each of moved) expect(() => vault.open(each)).toThrow(SealBroken);
  });

  it('stays shut under another master key, and says neither name nor key', () => {
    const other = MasterKey.make();
    expect(() => vaultOf(other).open(row)).toThrow('not at hand');
    // Somebody who renames her key after ours still cannot open it.
    const forged = Object.assign(Object.create(Object.getPrototypeOf(other) as object), other, { id: key.id }) as MasterKey;
    let said = '';
    try {
      vaultOf(forged).open(row);
    } catch (error) {
      said = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`;
    }
    expect(said).toContain('does not open');
    expect(said).not.toContain('Sokha');
  });

  it('is as long as its neighbours', () => {
    const long = { ...sokha, names: [{ kind: 'official' as const, full: 'Chan Sokhapheapvann' }] };
    expect(vault.seal(7, personId, long).sealed).toHaveLength(row.sealed.length);
    expect((row.sealed.length - 29) % 64).toBe(0);
  });

  it('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), fc.integer({ min: 0, max: 1000 }), (full, region) => {
        const identity: Identity = { ...sokha, names: [{ kind: 'called', full }] };
        expect(vault.open(vault.seal(region, personId, identity))).toEqual(identity);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => unpadded(padded(text)) === text));
  });

  it('names its way of sealing in the first byte, and opens no other', () => {
    const own = createSecretKey(randomBytes(32));
    const belonging = { table: 'identity', regionId: 1, personId } as const;
    const sealed = sealBytes(own, Buffer.from('x'), belonging);
    expect(sealed[0]).toBe(1);
    expect(openBytes(own, sealed, belonging).toString()).toBe('x');
    expect(() => openBytes(own, sealed, { ...belonging, table: 'identity_key' })).toThrow(SealBroken);
  });
});

describe('blind codes', () => {
  const codes = (of: Vault, region: number) => of.codesOf(sokha, region).map(({ kind, code }) => `${kind}:${code}`);

  it('are the same for the same word, region and key, and for nothing else', () => {
    expect(codes(vaultOf(key), 7)).toEqual(codes(vault, 7));
    for (const other of [codes(vault, 8), codes(vaultOf(MasterKey.make()), 7)])
      expect(other.filter((code) => codes(vault, 7).includes(code))).toEqual([]);
    const elsewhere = new Vault({ installationId: uuidv7(), keys: [key], reload: () => [key] });
    expect(codes(elsewhere, 7).filter((code) => codes(vault, 7).includes(code))).toEqual([]);
  });

  it('of what is typed are among those of the person', () => {
    const asked = vault.queryCodes('sokha', [7, 8]);
    const own = codes(vault, 7);
    expect(asked.filter(({ regionId, kind, code }) => regionId === 7 && own.includes(`${kind}:${code}`)).length).toBeGreaterThan(0);
    const phone = vault.queryCodes('012 345 678', [7]).filter(({ kind }) => kind === 3);
    expect(own).toContain(`3:${phone[0]?.code}`);
  });
});

describe('a master key on paper', () => {
  const line = key.write();

  it('reads as it was written, also in small letters, with spaces, and with O and I', () => {
    expect(line).toMatch(/^WAYMARK-KEY-1 [0-9A-Z]{4}(-[0-9A-Z]{1,4})+$/);
    for (const typed of [
      line,
      ` ${line.toLowerCase()} `,
      line.replaceAll('-', ' ').replace('WAYMARK KEY 1', 'WAYMARK-KEY-1'),
      line.replaceAll('0', 'O'),
    ])
      expect(MasterKey.read(typed)).toMatchObject({ id: key.id });
    expect(MasterKey.read(line)?.checkValue.equals(key.checkValue)).toBe(true);
    expect(MasterKey.read('# a comment')).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(readKey(writeKey('ABCDEFGH', bytes))?.key.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('tells one wrong letter, two that changed places, one too few; never with a letter of the key', () => {
    const at = [...line].flatMap((letter, i) => (i > 14 && letter !== '-' ? [i] : []));
    for (const i of at) {
      const wrong = `${line.slice(0, i)}${line[i] === '7' ? '8' : '7'}${line.slice(i + 1)}`;
      expect(() => MasterKey.read(wrong)).toThrow('at least one letter or digit is wrong');
      expect(() => MasterKey.read(line.slice(0, i) + line.slice(i + 1))).toThrow(/it has 6\d letters/);
      const next = line[i + 1];
      if (next === undefined || next === '-' || next === line[i]) continue;
      expect(() => MasterKey.read(line.slice(0, i) + next + line[i] + line.slice(i + 2))).toThrow('is wrong');
    }
    expect(() => MasterKey.read(line.replace(/.$/, '!'))).toThrow('none of those');
  });

  it('prints as nothing by accident', () => {
    const secret = line.slice(24, 40);
    for (const text of [JSON.stringify({ key, vault }), String(key), `${Object.values(key)}`]) expect(text).not.toContain(secret);
    expect(JSON.stringify(key)).toBe(`"master key ${key.id}"`);
  });

  it('is divided among five keepers, of whom any three give it back', () => {
    const shares = divideKey(key, { count: 5, needed: 3 });
    for (const three of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 3, 4],
    ])
      expect(joinKey(three.map((i) => shares[i]!)).write()).toBe(line);
    expect(() => joinKey(shares.slice(0, 2))).toThrow('3 different shares');
    expect(() => joinKey([shares[0]!, shares[0]!, shares[1]!])).toThrow('there are 2');
    expect(() => joinKey([...shares.slice(0, 2), shares[2]!.replace(/.$/, (last) => (last === '7' ? '8' : '7'))])).toThrow('wrong');
    expect(() => joinKey([...shares.slice(0, 2), divideKey(MasterKey.make(), { count: 3, needed: 3 })[2]!])).toThrow('not all of one key');
    expect(() => joinKey([...shares.slice(0, 2), divideKey(key, { count: 5, needed: 3 })[2]!])).toThrow('two different divisions');
    expect(() => joinKey(['nothing'])).toThrow('There is no share');
  });
});
