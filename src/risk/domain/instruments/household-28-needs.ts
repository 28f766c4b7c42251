// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator } from '../instrument.ts';
import { ask, words as w } from './ask.ts';

/** Indicators 9 to 17: basic needs and livelihood, health. */
export const needsAndHealth: readonly Indicator[] = [
  ask({
    code: 'basic_needs',
    unit: 'household',
    theme: 'basic-needs',
    months: 12,
    title: w('Basic needs', 'ความจำเป็นพื้นฐาน'),
    question: w('Does the household have enough food, safe housing and water?', 'ครัวเรือนมีอาหาร ที่อยู่อาศัย และน้ำใช้เพียงพอหรือไม่'),
    answers: [
      w('Food, housing and water are secure', 'อาหาร ที่อยู่อาศัย และน้ำมั่นคง'),
      w('Sometimes short', 'บางครั้งขาดแคลน'),
      w('Not met', 'ไม่เพียงพอ'),
    ],
    reasons: {
      2: w('food, housing or water are sometimes short', 'อาหาร ที่อยู่อาศัย หรือน้ำขาดแคลนเป็นบางครั้ง'),
      3: w('there is not enough food, housing or water', 'อาหาร ที่อยู่อาศัย หรือน้ำไม่เพียงพอ'),
    },
  }),
  ask({
    code: 'income_adequacy',
    unit: 'household',
    theme: 'basic-needs',
    months: 12,
    title: w('Whether income is enough', 'รายได้พอใช้หรือไม่'),
    question: w('Does the household’s income cover what it needs?', 'รายได้ของครัวเรือนพอกับสิ่งที่จำเป็นหรือไม่'),
    answers: [w('Covers needs', 'พอใช้'), w('Irregular', 'ไม่แน่นอน'), w('Cannot cover needs', 'ไม่พอใช้')],
    reasons: { 2: w('income is irregular', 'รายได้ไม่แน่นอน'), 3: w('income does not cover what is needed', 'รายได้ไม่พอกับสิ่งที่จำเป็น') },
  }),
  ask({
    code: 'income_shock',
    unit: 'household',
    theme: 'basic-needs',
    months: 6,
    warns: true,
    title: w('Loss of income', 'การสูญเสียรายได้'),
    question: w('Did the household lose income or property in the last 12 months?', 'ใน 12 เดือนที่ผ่านมา ครัวเรือนสูญเสียรายได้หรือทรัพย์สินหรือไม่'),
    answers: [
      w('No loss in 12 months', 'ไม่มีใน 12 เดือน'),
      w('A moderate loss', 'สูญเสียปานกลาง'),
      w('A job, a harvest or the main property was lost', 'ตกงาน ผลผลิตเสียหาย หรือเสียทรัพย์สินหลัก'),
    ],
    reasons: {
      2: w('the household lost some income in the last 12 months', 'ครัวเรือนสูญเสียรายได้บางส่วนใน 12 เดือนที่ผ่านมา'),
      3: w('the household lost a job, a harvest or its main property', 'ครัวเรือนตกงาน ผลผลิตเสียหาย หรือเสียทรัพย์สินหลัก'),
    },
  }),
  ask({
    code: 'debt',
    unit: 'household',
    theme: 'basic-needs',
    months: 6,
    warns: true,
    title: w('Debt', 'หนี้สิน'),
    question: w('How much does the household owe, and to whom?', 'ครัวเรือนเป็นหนี้เท่าไร และเป็นหนี้ใคร'),
    answers: [
      w('None, or manageable', 'ไม่มี หรือจัดการได้'),
      w('More than 3 months of income', 'มากกว่ารายได้ 3 เดือน'),
      w(
        'More than 12 months of income, or owed to a recruiter, or labour is pledged',
        'มากกว่ารายได้ 12 เดือน หรือเป็นหนี้นายหน้า หรือใช้แรงงานค้ำหนี้',
      ),
    ],
    reasons: {
      2: w('the household owes more than 3 months of income', 'ครัวเรือนเป็นหนี้มากกว่ารายได้ 3 เดือน'),
      3: w('the household owes more than a year’s income, or owes a recruiter', 'ครัวเรือนเป็นหนี้มากกว่ารายได้หนึ่งปี หรือเป็นหนี้นายหน้า'),
    },
  }),
  ask({
    code: 'land_and_livelihood',
    unit: 'household',
    theme: 'basic-needs',
    months: 12,
    title: w('Land and livelihood', 'ที่ดินและอาชีพ'),
    question: w('How secure are the household’s land and livelihood?', 'ที่ดินและอาชีพของครัวเรือนมั่นคงเพียงใด'),
    answers: [
      w('Secure', 'มั่นคง'),
      w('Insecure or seasonal', 'ไม่มั่นคงหรือทำได้เป็นฤดูกาล'),
      w('Landless, or land was lost', 'ไม่มีที่ดิน หรือเสียที่ดินไป'),
    ],
    reasons: {
      2: w('land or livelihood is insecure or seasonal', 'ที่ดินหรืออาชีพไม่มั่นคงหรือทำได้เป็นฤดูกาล'),
      3: w('the household has no land, or lost it', 'ครัวเรือนไม่มีที่ดิน หรือเสียที่ดินไป'),
    },
  }),
  ask({
    code: 'new_money',
    unit: 'household',
    theme: 'basic-needs',
    months: 6,
    title: w('New money', 'เงินก้อนใหม่'),
    question: w(
      'Did new money come in, such as a loan, and did support for safe migration come with it?',
      'มีเงินก้อนใหม่เข้ามาหรือไม่ เช่น เงินกู้ และมีคำแนะนำเรื่องการย้ายถิ่นอย่างปลอดภัยมาด้วยหรือไม่',
    ),
    answers: [
      w('None, or with support for safe migration', 'ไม่มี หรือมีพร้อมคำแนะนำเรื่องการย้ายถิ่นอย่างปลอดภัย'),
      w('Some', 'มีบ้าง'),
      w('A new loan or windfall, with none of that support', 'มีเงินกู้หรือเงินก้อนใหม่ โดยไม่มีคำแนะนำใด ๆ'),
    ],
    reasons: {
      2: w('some new money came in', 'มีเงินก้อนใหม่เข้ามาบ้าง'),
      3: w('new money came in without support for safe migration', 'มีเงินก้อนใหม่เข้ามาโดยไม่มีคำแนะนำเรื่องการย้ายถิ่นอย่างปลอดภัย'),
    },
  }),
  ask({
    code: 'illness_or_disability',
    unit: 'household',
    theme: 'health',
    months: 12,
    title: w('Illness or disability', 'ความเจ็บป่วยหรือความพิการ'),
    question: w(
      'Does illness or disability limit work or care in the household?',
      'ความเจ็บป่วยหรือความพิการทำให้คนในครัวเรือนทำงานหรือดูแลกันได้น้อยลงหรือไม่',
    ),
    answers: [
      w('None, or managed', 'ไม่มี หรือได้รับการดูแลแล้ว'),
      w('Limits work or care', 'ทำให้ทำงานหรือดูแลกันได้น้อยลง'),
      w('Severe and untreated', 'รุนแรงและไม่ได้รับการรักษา'),
    ],
    reasons: {
      2: w('illness or disability limits work or care', 'ความเจ็บป่วยหรือความพิการทำให้ทำงานหรือดูแลกันได้น้อยลง'),
      3: w('there is a severe illness or disability without treatment', 'มีความเจ็บป่วยหรือความพิการรุนแรงที่ไม่ได้รับการรักษา'),
    },
  }),
  ask({
    code: 'hiv_and_orphanhood',
    unit: 'person',
    theme: 'health',
    months: 12,
    protected: true,
    title: w('HIV and loss of parents', 'เอชไอวีและการสูญเสียพ่อแม่'),
    question: w('Is this person affected by HIV or by the loss of parents?', 'คนนี้ได้รับผลกระทบจากเอชไอวีหรือการสูญเสียพ่อแม่หรือไม่'),
    answers: [
      w('Not affected', 'ไม่ได้รับผลกระทบ'),
      w('Affected', 'ได้รับผลกระทบ'),
      w('Orphaned, or the carer is dying', 'กำพร้า หรือผู้ดูแลกำลังจะเสียชีวิต'),
    ],
    reasons: {
      2: w('is affected by HIV or by the loss of parents', 'ได้รับผลกระทบจากเอชไอวีหรือการสูญเสียพ่อแม่'),
      3: w('is orphaned, or the carer is dying', 'กำพร้า หรือผู้ดูแลกำลังจะเสียชีวิต'),
    },
  }),
  ask({
    code: 'service_access',
    unit: 'household',
    theme: 'health',
    months: 12,
    title: w('Reaching services', 'การเข้าถึงบริการ'),
    question: w(
      'Is the household enrolled in health and welfare services, and can it reach them?',
      'ครัวเรือนมีสิทธิและเข้าถึงบริการสุขภาพและสวัสดิการได้หรือไม่',
    ),
    answers: [w('Enrolled and within reach', 'มีสิทธิและเข้าถึงได้'), w('Partly', 'ได้บางส่วน'), w('None', 'ไม่ได้เลย')],
    reasons: {
      2: w('reaches only some health and welfare services', 'เข้าถึงบริการสุขภาพและสวัสดิการได้บางส่วน'),
      3: w('reaches no health or welfare services', 'เข้าไม่ถึงบริการสุขภาพและสวัสดิการ'),
    },
  }),
];
