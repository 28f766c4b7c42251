// SPDX-License-Identifier: AGPL-3.0-or-later
// What sealing costs: `node bench/vault-crypto.ts [people]`. One process, one core, no database; processor time, so that other work on the
// machine does not count.
import { createCipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Identity } from '../src/people/domain/identity.ts';
import { nameCodes } from '../src/people/domain/name-codes.ts';
import { MasterKey, Vault } from '../src/people/server/index.ts';
import { romanise } from '../src/people/server/romanise.ts';
import { madeNames } from './vault-names.ts';

const people = Number(process.argv[2] ?? 200_000);
const key = MasterKey.make();
const vault = new Vault({ installationId: uuidv7(), keys: [key], reload: () => [key] });
const names = madeNames(7);
const identities = Array.from({ length: people }, (_, i): [string, Identity] => [
  uuidv7(),
  {
    names: [{ kind: 'official', full: names.full() }],
    phones: [`+8556${String(i).padStart(8, '0')}`],
    documents: [{ kind: 'national-id', number: `N${i}` }],
  },
]);

function measured(what: string, times: number, work: () => void): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${what.padEnd(64)} ${((user + system) / times).toFixed(1).padStart(7)} us   ${((user + system) / times).toFixed(0).padStart(4)} s a million`,
  );
}

let sealed: ReturnType<Vault['seal']>[] = [];
let codes = 0;
measured('seal an identity under a key of its own, and wrap that key', people, () => {
  sealed = identities.map(([id, identity]) => vault.seal(1, id, identity));
});
measured('read its name (how it is spelt and sounds, no keys)', people, () => {
  for (const [, identity] of identities) codes += nameCodes([identity.names[0]!.full], romanise).exact.length;
});
codes = 0;
measured('read its name and make its blind codes', people, () => {
  for (const [, identity] of identities) codes += vault.codesOf(identity, 1).length;
});
console.log(`(${(codes / people).toFixed(1)} codes a person)`);
measured('open it', people, () => {
  for (const row of sealed) vault.open(row);
});

// What else was looked at, on as many bytes.
const [raw, plain, nonce] = [randomBytes(32), Buffer.alloc(192, 65), Buffer.alloc(12, 1)];
const object = createSecretKey(raw);
const sealWith = (given: Buffer | typeof object): void => {
  const cipher = createCipheriv('aes-256-gcm', given, nonce);
  cipher.update(plain);
  cipher.final();
  cipher.getAuthTag();
};
const some = Math.min(people, 50_000);
measured('AES-256-GCM, node:crypto, key as bytes', some, () => {
  for (let i = 0; i < some; i++) sealWith(raw);
});
measured('AES-256-GCM, node:crypto, key object', some, () => {
  for (let i = 0; i < some; i++) sealWith(object);
});
measured('HMAC-SHA256, node:crypto, key as bytes', some, () => {
  for (let i = 0; i < some; i++) createHmac('sha256', raw).update(`word ${i}`).digest();
});
measured('HMAC-SHA256, node:crypto, key object', some, () => {
  for (let i = 0; i < some; i++) createHmac('sha256', object).update(`word ${i}`).digest();
});
const web = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
const before = process.cpuUsage();
for (let i = 0; i < 5000; i++) await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, web, plain);
const { user, system } = process.cpuUsage(before);
console.log(`AES-256-GCM, WebCrypto: ${((user + system) / 5000).toFixed(1)} us`);
