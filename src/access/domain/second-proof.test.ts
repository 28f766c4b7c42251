// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceOf, deviceText } from './device.ts';
import { bareAppCode, bareRecoveryCode, makeRecoveryCode } from './recovery-code.ts';
import { asksSecondFactor, roles } from './roles.ts';
import { asksProof, freshMinutes, isFresh, missingProof } from './second-proof.ts';

const role = fc.constantFrom(...roles);
const policy = fc.dictionary(role, fc.boolean());
const facts = fc.record({ roles: fc.array(role), policy, demo: fc.boolean(), hasFactor: fc.boolean(), proved: fc.boolean() });

describe('what a session still has to prove', () => {
  it('is nothing once it is proved, and a proof wherever there is something to prove with', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const missing = missingProof(given);
        if (given.proved) expect(missing).toBeNull();
        else if (given.hasFactor) expect(missing).toBe('proof');
        else expect(missing).toBe(given.roles.some((each) => asksProof(each, given.policy, given.demo)) ? 'enrolment' : null);
      }),
    );
  });

  it('follows what the installation says, and else the role; a demo asks nobody by itself, and nobody asks a person in the register', () => {
    fc.assert(
      fc.property(role, policy, fc.boolean(), (each, said, demo) => {
        const expected = each === 'person' ? false : Object.hasOwn(said, each) ? said[each] : !demo && asksSecondFactor(each);
        expect(asksProof(each, said, demo)).toBe(expected);
      }),
    );
    expect(asksProof('toString', {}, false)).toBe(false);
    expect(missingProof({ roles: [], policy: {}, demo: false, hasFactor: false, proved: false })).toBeNull();
  });

  it('a password is fresh proof only where there is nothing better, and no proof stays fresh', () => {
    const now = new Date('2026-03-01T08:00:00Z'),
      moment = fc.option(fc.integer({ min: 0, max: 60 }), { nil: null });
    const at = (minutes: number | null) => (minutes === null ? null : new Date(now.getTime() - minutes * 60_000));
    fc.assert(
      fc.property(moment, moment, fc.boolean(), (password, second, hasFactor) => {
        const fresh = isFresh({ passwordAt: at(password), provedAt: at(second) }, hasFactor, now);
        const within = (minutes: number | null) => minutes !== null && minutes <= freshMinutes;
        expect(fresh).toBe(within(second) || (!hasFactor && within(password)));
      }),
    );
  });
});

describe('codes', () => {
  it('of a set are read however they were typed, and nothing else is', () => {
    const code = fc.array(fc.nat(1000), { minLength: 10, maxLength: 10 }).map((numbers) => {
      const left = [...numbers];
      return makeRecoveryCode((end) => (left.shift() ?? 0) % end);
    });
    fc.assert(
      fc.property(code, (each) => {
        expect(each).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}$/);
        const bare = each.replace('-', '');
        for (const typed of [each, each.toUpperCase(), ` ${bare} `, [...bare].join(' ')]) expect(bareRecoveryCode(typed)).toBe(bare);
        expect(bareAppCode(each)).toBeNull();
      }),
    );
    for (const wrong of ['', 'abcde', 'abcde-fgh10', 'abcde-fghjkm', 'ábcde-fghjk']) expect(bareRecoveryCode(wrong)).toBeNull();
    expect(bareAppCode(' 123 456 ')).toBe('123456');
    for (const wrong of ['12345', '1234567', '12345a', '１２３４５６']) expect(bareAppCode(wrong)).toBeNull();
  });
});

describe('a device in words', () => {
  const agents: readonly (readonly [string, string])[] = [
    ['Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0', 'Firefox on Android'],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-A057F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'Safari on Mac'],
    ['curl/8.5.0', ''],
  ];
  it.each(agents)('%s', (agent, words) => {
    expect(deviceText(agent)).toBe(words);
  });

  it('reads back as the same, and holds nothing else of what the browser said', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...agents.map(([agent]) => agent))), (agent) => {
        expect(deviceOf(deviceText(agent))).toEqual(deviceOf(agent));
        expect(deviceText(agent)).not.toMatch(/\d/);
      }),
    );
  });
});
