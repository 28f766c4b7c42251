// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../domain/identity.ts';
import { MasterKey } from './master-key.ts';
import { SealingThread, type ToSeal } from './sealing-thread.ts';
import { Vault } from './vault.ts';

const key = MasterKey.make();
const vault = new Vault({ installationId: uuidv7(), keys: [key], reload: () => [key] });
const sokha: Identity = { names: [{ kind: 'official', full: '  Chan  Sokha ' }], phones: ['012 345 678'], documents: [] };
const dara: Identity = { names: [{ kind: 'official', full: 'ដារា' }], phones: [], documents: [{ kind: 'national-id', number: '01-23' }] };

/** The elements of a list of bytes as the wire has it (arrays.ts). */
function elementsOf(whole: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 20; at < whole.length; at += 4 + whole.readInt32BE(at)) found.push(whole.subarray(at + 4, at + 4 + whole.readInt32BE(at)));
  return found;
}

describe('names sealed in a thread of its own', () => {
  it('are cleaned, open in the vault that gave it the key, and are found by the same codes', async () => {
    const thread = new SealingThread(vault, key, 'KH');
    try {
      const people: ToSeal[] = [
        [7, uuidv7(), sokha],
        [9, uuidv7(), dara],
      ];
      const [block, second] = await Promise.all([thread.seal(people), thread.seal(people.slice(1))]);
      expect([block.count, second.count]).toEqual([2, 1]);
      expect(elementsOf(block.persons).map((id) => id.toString('hex'))).toEqual(people.map(([, id]) => id.replaceAll('-', '')));
      const [wrapped, sealed] = [elementsOf(block.wrapped), elementsOf(block.sealed)];
      const opened = people.map(([regionId, personId], i) =>
        vault.open({ regionId, personId, masterKeyId: key.id, wrapped: wrapped[i]!, sealed: sealed[i]! }),
      );
      expect(opened[0]).toEqual({ names: [{ kind: 'official', full: 'Chan Sokha' }], phones: ['+85512345678'], documents: [] });
      expect(opened[1]?.documents).toEqual([{ kind: 'national-id', number: '0123' }]);
      const codes = opened.map((identity, i) => vault.codesOf(identity, people[i]![0]).map(({ code }) => code));
      expect(block.codes).toBe(`{${codes.map((each) => `"{${each.join(',')}}"`).join(',')}}`);
    } finally {
      await thread.close();
    }
  });

  it('are refused once it ended, also those that still wait, in words that quote nobody', async () => {
    const thread = new SealingThread(vault, key, 'KH');
    const waiting = thread.seal([[7, 'nobody', { names: 'Sokha' } as unknown as Identity]]);
    await expect(waiting).rejects.toThrow(/^(?!.*Sokha)/su);
    await expect(thread.seal([[7, uuidv7(), sokha]])).rejects.toThrow('unexpected end');
    await thread.close();
  });
});
