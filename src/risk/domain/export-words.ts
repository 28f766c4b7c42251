// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Cover, Measure } from './map-data.ts';

/**
 * What a file of figures says in words, by language. Machines read the row of HXL hashtags and the codes, which are the same in every
 * language; who wants English words asks with `locale=en`.
 */
export interface ExportWords {
  readonly headings: Readonly<
    Record<
      | 'code'
      | 'name'
      | 'level'
      | 'band'
      | 'people'
      | 'low'
      | 'medium'
      | 'high'
      | 'unknown'
      | 'index'
      | 'atLeast'
      | 'atMost'
      | 'coverage'
      | 'validUntil'
      | 'notShown'
      | 'reasons'
      | 'date'
      | 'source'
      | 'share'
      | 'value',
      string
    >
  >;
  readonly bands: readonly [string, string, string, string];
  /** Why a number is missing: an empty cell alone would read as nobody. */
  readonly covers: Readonly<Record<Cover, string>>;
  readonly measures: Readonly<Record<Measure, string>>;
  readonly sheet: string;
  readonly fact: string;
  readonly factValue: string;
  readonly facts: Readonly<
    Record<
      'area' | 'instrument' | 'shown' | 'asOf' | 'areas' | 'withFigures' | 'without' | 'people' | 'smallest' | 'heldBack' | 'source',
      string
    >
  >;
  readonly ownAnswers: string;
  version(version: number): string;
  heldBack(threshold: number): string;
}

const en: ExportWords = {
  headings: {
    code: 'Code',
    name: 'Name',
    level: 'Level',
    band: 'Band',
    people: 'People',
    low: 'Risk low',
    medium: 'Risk medium',
    high: 'Risk high',
    unknown: 'Risk not known',
    index: 'Index',
    atLeast: 'Index at least',
    atMost: 'Index at most',
    coverage: 'Per cent of indicators known',
    validUntil: 'Valid until',
    notShown: 'Not shown',
    reasons: 'Main reasons',
    date: 'Date',
    source: 'Source',
    share: 'Per cent at high risk',
    value: 'Value',
  },
  bands: ['unknown', 'low', 'medium', 'high'],
  covers: {
    shown: '',
    small: 'held back: fewer than 11, or needed to protect a figure of fewer than 11',
    'held-back': 'split held back: fewer than 11, all alike, or needed to protect a figure of fewer than 11',
    outside: 'outside your area',
    'no-data': 'nothing recorded',
  },
  measures: {
    band: 'risk: high, medium, low',
    'share-high': 'share of people at high risk',
    'number-high': 'number of people at high risk',
    index: 'risk index, 0 to 100',
    indicator: 'one indicator',
  },
  sheet: 'About these figures',
  fact: 'Fact',
  factValue: 'Value',
  facts: {
    area: 'Area',
    instrument: 'Instrument',
    shown: 'Shown',
    asOf: 'Figures of',
    areas: 'Areas',
    withFigures: 'Areas with figures',
    without: 'Areas without',
    people: 'People',
    smallest: 'Smallest number of people shown',
    heldBack: 'Held back',
    source: 'Source',
  },
  ownAnswers: 'Answers recorded in this installation',
  version: (version) => `version ${version}`,
  heldBack: (threshold) => `No figure of 1 to ${threshold - 1} people is shown, nor one from which such a figure could be worked out.`,
};

const th: ExportWords = {
  headings: {
    code: 'รหัส',
    name: 'ชื่อ',
    level: 'ระดับ',
    band: 'ระดับความเสี่ยง',
    people: 'จำนวนคน',
    low: 'เสี่ยงต่ำ',
    medium: 'เสี่ยงปานกลาง',
    high: 'เสี่ยงสูง',
    unknown: 'ไม่ทราบความเสี่ยง',
    index: 'ดัชนี',
    atLeast: 'ดัชนีอย่างน้อย',
    atMost: 'ดัชนีไม่เกิน',
    coverage: 'ร้อยละของตัวชี้วัดที่ทราบ',
    validUntil: 'ใช้ได้ถึง',
    notShown: 'ไม่แสดง',
    reasons: 'เหตุผลหลัก',
    date: 'วันที่',
    source: 'แหล่งข้อมูล',
    share: 'ร้อยละที่เสี่ยงสูง',
    value: 'ค่า',
  },
  bands: ['ไม่ทราบ', 'ต่ำ', 'ปานกลาง', 'สูง'],
  covers: {
    shown: '',
    small: 'ไม่แสดง: น้อยกว่า 11 คน หรือเพื่อปกป้องตัวเลขที่น้อยกว่า 11 คน',
    'held-back': 'ไม่แสดงการแบ่งกลุ่ม: น้อยกว่า 11 คน เหมือนกันทั้งหมด หรือเพื่อปกป้องตัวเลขที่น้อยกว่า 11 คน',
    outside: 'อยู่นอกพื้นที่ของคุณ',
    'no-data': 'ยังไม่มีการบันทึก',
  },
  measures: {
    band: 'ความเสี่ยง: สูง ปานกลาง ต่ำ',
    'share-high': 'สัดส่วนคนที่เสี่ยงสูง',
    'number-high': 'จำนวนคนที่เสี่ยงสูง',
    index: 'ดัชนีความเสี่ยง 0 ถึง 100',
    indicator: 'ตัวชี้วัดเดียว',
  },
  sheet: 'เกี่ยวกับตัวเลขเหล่านี้',
  fact: 'รายการ',
  factValue: 'ค่า',
  facts: {
    area: 'พื้นที่',
    instrument: 'เครื่องมือวัด',
    shown: 'สิ่งที่แสดง',
    asOf: 'ตัวเลข ณ วันที่',
    areas: 'จำนวนพื้นที่',
    withFigures: 'พื้นที่ที่มีตัวเลข',
    without: 'พื้นที่ที่ไม่มีตัวเลข',
    people: 'จำนวนคน',
    smallest: 'จำนวนคนน้อยที่สุดที่แสดง',
    heldBack: 'สิ่งที่ไม่แสดง',
    source: 'แหล่งข้อมูล',
  },
  ownAnswers: 'คำตอบที่บันทึกในระบบนี้',
  version: (version) => `รุ่น ${version}`,
  heldBack: (threshold) => `ไม่แสดงตัวเลข 1 ถึง ${threshold - 1} คน และตัวเลขที่ใช้คำนวณย้อนหาตัวเลขเช่นนั้นได้`,
};

const km: ExportWords = {
  headings: {
    code: 'លេខកូដ',
    name: 'ឈ្មោះ',
    level: 'ថ្នាក់',
    band: 'កម្រិតហានិភ័យ',
    people: 'ចំនួនមនុស្ស',
    low: 'ហានិភ័យទាប',
    medium: 'ហានិភ័យមធ្យម',
    high: 'ហានិភ័យខ្ពស់',
    unknown: 'មិនដឹងហានិភ័យ',
    index: 'សន្ទស្សន៍',
    atLeast: 'សន្ទស្សន៍យ៉ាងតិច',
    atMost: 'សន្ទស្សន៍យ៉ាងច្រើន',
    coverage: 'ភាគរយនៃសូចនាករដែលដឹង',
    validUntil: 'មានសុពលភាពដល់',
    notShown: 'មិនបង្ហាញ',
    reasons: 'មូលហេតុចម្បង',
    date: 'កាលបរិច្ឆេទ',
    source: 'ប្រភព',
    share: 'ភាគរយមានហានិភ័យខ្ពស់',
    value: 'តម្លៃ',
  },
  bands: ['មិនដឹង', 'ទាប', 'មធ្យម', 'ខ្ពស់'],
  covers: {
    shown: '',
    small: 'មិនបង្ហាញ៖ តិចជាង 11 នាក់ ឬដើម្បីការពារតួលេខតិចជាង 11 នាក់',
    'held-back': 'មិនបង្ហាញការបែងចែក៖ តិចជាង 11 នាក់ ដូចគ្នាទាំងអស់ ឬដើម្បីការពារតួលេខតិចជាង 11 នាក់',
    outside: 'នៅក្រៅតំបន់របស់អ្នក',
    'no-data': 'មិនបានកត់ត្រាអ្វីទេ',
  },
  measures: {
    band: 'ហានិភ័យ៖ ខ្ពស់ មធ្យម ទាប',
    'share-high': 'ចំណែកមនុស្សមានហានិភ័យខ្ពស់',
    'number-high': 'ចំនួនមនុស្សមានហានិភ័យខ្ពស់',
    index: 'សន្ទស្សន៍ហានិភ័យ 0 ដល់ 100',
    indicator: 'សូចនាករមួយ',
  },
  sheet: 'អំពីតួលេខទាំងនេះ',
  fact: 'ចំណុច',
  factValue: 'តម្លៃ',
  facts: {
    area: 'តំបន់',
    instrument: 'ឧបករណ៍វាស់',
    shown: 'អ្វីដែលបង្ហាញ',
    asOf: 'តួលេខនៃថ្ងៃ',
    areas: 'ចំនួនតំបន់',
    withFigures: 'តំបន់មានតួលេខ',
    without: 'តំបន់គ្មានតួលេខ',
    people: 'ចំនួនមនុស្ស',
    smallest: 'ចំនួនមនុស្សតិចបំផុតដែលបង្ហាញ',
    heldBack: 'អ្វីដែលមិនបង្ហាញ',
    source: 'ប្រភព',
  },
  ownAnswers: 'ចម្លើយដែលបានកត់ត្រាក្នុងប្រព័ន្ធនេះ',
  version: (version) => `ជំនាន់ ${version}`,
  heldBack: (threshold) => `មិនបង្ហាញតួលេខ 1 ដល់ ${threshold - 1} នាក់ ឬតួលេខដែលអាចគណនារកតួលេខបែបនេះបានទេ។`,
};

const languages: Readonly<Record<string, ExportWords>> = { en, th, km };

/** The words of a language, by its first part (`th-TH` is `th`); English where there are none. */
export const exportWords = (locale: string): ExportWords => languages[locale.split('-')[0] ?? ''] ?? en;
