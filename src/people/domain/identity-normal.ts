// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guardian, Identity, IdentityDocument, PersonName } from './identity.ts';

// Zero-width spaces and joiners, soft hyphens and marks of direction: invisible, and two equal names would differ by them. Joiners behind
// a letter of Devanagari, Bengali and their kin stay: there they change how a name is written.
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<![\u0900-\u0dff])[\u200c\u200d]/g;
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;

/** Words of plain ASCII with single spaces between them, as most cells of most files are: nothing to clean. */
const plain = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** A text as it is kept: composed (NFC), nothing invisible in it, single spaces. Doing it twice changes nothing. */
export function cleanText(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(invisible, '').replace(controls, '').normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** The zero of each script's digits: Arabic, Persian, Devanagari, Bengali, ... Thai, Lao, Tibetan, Burmese, Shan, Khmer, full width. */
const zeros = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0xff10,
];

/** ๑๒, ៣៤, ०१ and the like as 12, 34, 01; all else as it was. */
export function asciiDigits(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0)!;
    const zero = zeros.find((start) => point >= start && point < start + 10);
    return zero === undefined ? digit : String(point - zero);
  });
}

/** Calling code, and how many digits a number has behind it, of the countries whose numbers are written without it in the field. */
const phonePlans: Readonly<Record<string, readonly [code: string, least: number, most: number]>> = {
  TH: ['66', 8, 9],
  KH: ['855', 8, 9],
  LA: ['856', 8, 10],
  MM: ['95', 7, 10],
  VN: ['84', 9, 10],
  NP: ['977', 8, 10],
  BD: ['880', 8, 10],
  IN: ['91', 10, 10],
  MY: ['60', 8, 10],
  ID: ['62', 8, 12],
  PH: ['63', 8, 10],
  CN: ['86', 10, 11],
};

/**
 * A phone number as it is kept and compared: +66812345678 where that is sure, else its digits only, so that a number somebody half remembers
 * is not lost. `country` (ISO 3166-1 alpha-2) is where numbers without a calling code are from. '' when there is no digit.
 */
export function normalPhone(text: string, country?: string): string {
  const ascii = asciiDigits(cleanText(text)).replace(/\(0\)/g, '');
  const digits = ascii.replace(/\D/g, '');
  if (/^[^\d+]*[+\uff0b]/.test(ascii)) return digits === '' ? '' : `+${digits}`;
  if (digits.startsWith('00') && digits.length > 9) return `+${digits.slice(2)}`;
  const plan = country === undefined ? undefined : phonePlans[country];
  if (!plan) return digits;
  const [code, least, most] = plan;
  const fits = (rest: string): boolean => rest.length >= least && rest.length <= most && !rest.startsWith('0');
  if (digits.startsWith('0') && fits(digits.slice(1))) return `+${code}${digits.slice(1)}`;
  // Without the leading 0 a number is sure only at full length: 66 81 234 5678 with the code, 98 4123 4567 as Nepal writes it.
  if (digits.startsWith(code) && digits.length === code.length + most) return `+${digits}`;
  return country === 'NP' && digits.length === most && digits.startsWith('9') ? `+${code}${digits}` : digits;
}

/** What two ways of writing one phone share: the last eight digits, which neither a calling code nor a leading 0 touches. '' below six digits. */
export function phoneKey(phone: string): string {
  const digits = asciiDigits(phone).replace(/\D/g, '');
  return digits.length < 6 ? '' : digits.slice(-8);
}

/** A document number as it is kept and compared: capital letters and digits, whatever dashes, dots or spaces were written. */
export function normalDocument(number: string): string {
  return asciiDigits(cleanText(number).normalize('NFKC'))
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
    .toUpperCase();
}

function cleanName(name: PersonName): PersonName | null {
  const given = cleanText(name.given ?? '');
  const family = cleanText(name.family ?? '');
  const full = cleanText(name.full) || [given, family].filter((part) => part !== '').join(' ');
  if (full === '') return null;
  return { kind: name.kind, full, ...(given && { given }), ...(family && { family }), ...(name.language && { language: name.language }) };
}

function unlike<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

const cleanDocument = (document: IdentityDocument): IdentityDocument => ({ ...document, number: normalDocument(document.number) });

function cleanGuardian(guardian: Guardian, country: string | undefined): Guardian {
  const phone = normalPhone(guardian.phone ?? '', country);
  return { name: cleanText(guardian.name), ...(phone && { phone }) };
}

/** An identity as it is sealed: cleaned, what is empty left out, nothing twice. `country` is where phones without a calling code are from. */
export function cleanIdentity(identity: Identity, country?: string): Identity {
  const names = identity.names.map(cleanName).filter((name) => name !== null);
  const phones = identity.phones.map((phone) => normalPhone(phone, country)).filter((phone) => phone !== '');
  const documents = identity.documents.map(cleanDocument).filter((document) => document.number !== '');
  const address = cleanText(identity.address ?? '');
  const guardian = identity.guardian && cleanGuardian(identity.guardian, country);
  return {
    names: unlike(names, (name) => `${name.kind} ${name.full}`),
    phones: [...new Set(phones)],
    documents: unlike(documents, (document) => `${document.kind} ${document.country ?? ''} ${document.number}`),
    ...(address && { address }),
    ...(guardian && guardian.name !== '' && { guardian }),
  };
}
