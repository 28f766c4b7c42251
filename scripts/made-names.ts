// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Random } from '../demo/random.ts';

/** Syllables from which names of nobody are put together, by language; the names read like names and mean nothing. */
const syllables = {
  th: {
    given: ['สม', 'ชาย', 'มา', 'ลี', 'วัน', 'ดี', 'พร', 'ศรี', 'ทอง', 'แก้ว', 'นภา', 'รัต', 'ปิ', 'ยะ', 'กร', 'ชุ', 'บุญ', 'เพ็ญ'],
    family: ['ใจ', 'ดี', 'ทอง', 'สุข', 'แสง', 'วงศ์', 'งาม', 'เจริญ', 'รักษ์', 'คำ'],
    between: '',
  },
  km: {
    given: ['សុ', 'ខា', 'ធី', 'តា', 'រ៉ា', 'ម៉ា', 'លី', 'ណា', 'វិ', 'បូ', 'ពៅ', 'ចាន់', 'ស្រី', 'ដា', 'រិទ្ធ', 'មុំ'],
    family: ['ហេង', 'ចាន់', 'សុខ', 'កែវ', 'លឹម', 'ម៉ៅ', 'នួន', 'អ៊ុក', 'ប៉ែន', 'យិន'],
    between: '',
  },
  lo: {
    given: ['ສົມ', 'ພອນ', 'ແກ້ວ', 'ຄຳ', 'ບຸນ', 'ມາ', 'ນາງ', 'ວັນ', 'ທອງ', 'ສີ', 'ລັດ', 'ດາ', 'ຈັນ', 'ເພັດ'],
    family: ['ວົງ', 'ສຸກ', 'ພົມ', 'ແສງ', 'ໄຊ', 'ທະ', 'ມະ', 'ນີ', 'ສຸ', 'ບົວ'],
    between: '',
  },
  my: {
    given: ['အောင်', 'မြင့်', 'သန်း', 'ခင်', 'မာ', 'လှ', 'စိုး', 'ဝင်း', 'နွေ', 'ဦး', 'သီ', 'တာ', 'ချို', 'ငြိမ်း', 'ဇော်'],
    family: ['ကျော်', 'ထွန်း', 'မောင်', 'နိုင်', 'လင်း', 'ဖြိုး', 'ရွှေ', 'ညွန့်'],
    between: ' ',
  },
  vi: {
    given: [
      'An',
      'Bình',
      'Cúc',
      'Dũng',
      'Đào',
      'Giang',
      'Hạnh',
      'Khôi',
      'Lệ',
      'Mỹ',
      'Nga',
      'Oanh',
      'Phúc',
      'Quế',
      'Thảo',
      'Uyên',
      'Vỹ',
      'Xuân',
      'Yến',
    ],
    family: ['Nghiêm', 'Trươn', 'Lươn', 'Phùm', 'Đặn', 'Bùa', 'Hoà', 'Võm', 'Dươn', 'Lỹ'],
    between: ' ',
  },
  ne: {
    given: ['सि', 'ता', 'रा', 'म', 'मा', 'या', 'गी', 'ता', 'हरि', 'कृ', 'ष्णा', 'वि', 'नोद', 'शो', 'भा', 'दी', 'पक'],
    family: ['थापी', 'गुरङ', 'राइन', 'लामी', 'मगरे', 'शेरपी', 'तामाली', 'कार्कन'],
    between: '',
  },
  bn: {
    given: ['রা', 'হি', 'মা', 'সা', 'লমা', 'ফা', 'তিমা', 'জা', 'হিদ', 'নুর', 'বে', 'গম', 'শা', 'রিন', 'কা', 'মাল'],
    family: ['হোসান', 'আখতা', 'ইসলি', 'খাতু', 'মিয়ান', 'সরকা', 'দাসী', 'রায়ন'],
    between: '',
  },
  en: {
    given: ['Ma', 'ri', 'na', 'To', 'mas', 'Lu', 'cia', 'Ro', 'sa', 'Da', 'vi', 'An', 'ja', 'Be', 'li', 'Jo', 'el'],
    family: ['Har', 'low', 'Bren', 'ton', 'Wes', 'mar', 'Col', 'dane', 'Fen', 'wick'],
    between: '',
  },
} as const;

export type NameLanguage = keyof typeof syllables;
export const nameLanguages = Object.keys(syllables) as readonly NameLanguage[];

/** Family names come first in these. */
const familyFirst: ReadonlySet<NameLanguage> = new Set(['km', 'vi']);

export interface MadeName {
  readonly given: string;
  readonly family: string;
  readonly full: string;
}

/** Two or three syllables for a given name, two for a family name: some thousands of each, unevenly shared. */
export function madeName(language: NameLanguage, random: Random, family = madeFamily(language, random)): MadeName {
  const { given: list } = syllables[language];
  const uneven = (): string => list[Math.floor(list.length * random.next() ** 1.5)]!;
  const parts = random.next() < 0.3 ? [uneven(), uneven(), uneven()] : [uneven(), uneven()];
  const given = joined(language, parts);
  return { given, family, full: familyFirst.has(language) ? `${family} ${given}` : `${given} ${family}` };
}

export function madeFamily(language: NameLanguage, random: Random): string {
  const { family: list } = syllables[language];
  const uneven = (): string => list[Math.floor(list.length * random.next() ** 2)]!;
  return language === 'vi' || language === 'ne' || language === 'bn' ? uneven() : joined(language, [uneven(), uneven()]);
}

function joined(language: NameLanguage, parts: readonly string[]): string {
  const text = parts.join(syllables[language].between);
  return language === 'en' ? text[0]! + text.slice(1).toLowerCase() : text;
}
