// SPDX-License-Identifier: AGPL-3.0-or-later

/** What somebody is told before anything is kept of her. It speaks her language, whatever language the screens are in. */
export interface Wording {
  readonly language: string;
  readonly name: string;
  readonly title: string;
  /** What is kept, why, who sees it, that she may say no, that she may take it back. */
  readonly points: readonly (readonly [head: string, text: string])[];
  /** What a child is told besides, in a child's words. */
  readonly toChild: string;
}

/** Recorded with each consent. A changed sentence in any language is a new version. */
export const wordingVersion = 'register 1';

export const wordings: readonly Wording[] = [
  {
    language: 'en',
    name: 'English',
    title: 'May we write down your name?',
    points: [
      ['What we keep', 'Your name, your age, where you live, and how your household is doing. If you like, a telephone number too.'],
      ['Why', 'So that we can see early when somebody here may be cheated or forced into bad work, and help in time.'],
      [
        'Who sees it',
        'The village watch, and the officers of this district and province. Your name is locked, and each look at it is recorded.',
      ],
      ['You may say no', 'Then we write nothing down. You lose nothing, and you get the same help as everybody else.'],
      [
        'You may change your mind',
        'Tell any of us, at any time. You may also see what is written, have it corrected, and ask us to erase it.',
      ],
    ],
    toChild:
      'We would like to write down your name, so that we can help if somebody treats you badly. You may say no, and nobody will be cross.',
  },
  {
    language: 'th',
    name: 'ไทย',
    title: 'ขอจดชื่อของคุณได้ไหม',
    points: [
      ['เราเก็บอะไร', 'ชื่อ อายุ ที่อยู่ และความเป็นอยู่ของครอบครัวคุณ ถ้าคุณต้องการ เก็บเบอร์โทรศัพท์ด้วยก็ได้'],
      ['เก็บไปทำไม', 'เพื่อให้รู้แต่เนิ่นๆ ว่าใครอาจถูกหลอกหรือถูกบังคับให้ทำงานที่ไม่ดี และช่วยได้ทัน'],
      ['ใครเห็นบ้าง', 'กลุ่มเฝ้าระวังของหมู่บ้าน และเจ้าหน้าที่ของอำเภอและจังหวัดนี้ ชื่อของคุณถูกล็อกไว้ ทุกครั้งที่มีคนเปิดดูจะมีบันทึก'],
      ['คุณปฏิเสธได้', 'ถ้าไม่ยินดี เราจะไม่จดอะไรเลย คุณไม่เสียสิทธิ์ใดๆ และได้รับความช่วยเหลือเหมือนทุกคน'],
      ['คุณเปลี่ยนใจได้', 'บอกพวกเราคนใดก็ได้ เมื่อไรก็ได้ คุณขอดูสิ่งที่จดไว้ ขอแก้ไข และขอให้ลบได้ด้วย'],
    ],
    toChild: 'เราอยากจดชื่อหนูไว้ จะได้ช่วยได้ถ้ามีใครทำไม่ดีกับหนู หนูบอกว่าไม่ก็ได้ ไม่มีใครโกรธ',
  },
  {
    language: 'km',
    name: 'ខ្មែរ',
    title: 'តើយើងអាចកត់ឈ្មោះរបស់អ្នកបានទេ?',
    points: [
      ['យើងរក្សាទុកអ្វី', 'ឈ្មោះ អាយុ កន្លែងរស់នៅ និងជីវភាពគ្រួសាររបស់អ្នក។ បើអ្នកចង់ លេខទូរស័ព្ទក៏បាន។'],
      ['ហេតុអ្វី', 'ដើម្បីឱ្យយើងដឹងទាន់ពេល នៅពេលមាននរណាម្នាក់អាចត្រូវគេបោក ឬបង្ខំឱ្យធ្វើការងារមិនល្អ ហើយជួយបានទាន់។'],
      ['អ្នកណាឃើញ', 'ក្រុមឃ្លាំមើលក្នុងភូមិ និងមន្ត្រីស្រុក និងខេត្តនេះ។ ឈ្មោះរបស់អ្នកត្រូវបានចាក់សោ ហើយរាល់ពេលមានគេបើកមើល មានការកត់ត្រា។'],
      ['អ្នកអាចបដិសេធ', 'បើអ្នកថាទេ យើងមិនកត់អ្វីទាំងអស់។ អ្នកមិនបាត់បង់អ្វីឡើយ ហើយទទួលបានជំនួយដូចអ្នកដទៃ។'],
      ['អ្នកអាចប្តូរចិត្ត', 'ប្រាប់យើងណាម្នាក់ នៅពេលណាក៏បាន។ អ្នកក៏អាចសុំមើលអ្វីដែលបានកត់ សុំកែ និងសុំឱ្យលុប។'],
    ],
    toChild: 'យើងចង់កត់ឈ្មោះរបស់ប្អូន ដើម្បីជួយ បើមាននរណាធ្វើមិនល្អដាក់ប្អូន។ ប្អូនអាចថាទេ ហើយគ្មាននរណាខឹងឡើយ។',
  },
];

/** The wording in a language; where there is none, undefined: then somebody interprets. */
export function wordingIn(language: string): Wording | undefined {
  return wordings.find((each) => each.language === language);
}
