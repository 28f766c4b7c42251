// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator } from '../instrument.ts';
import { ask, words as w } from './ask.ts';

/** Indicators 1 to 8: life and care, education. */
export const lifeAndEducation: readonly Indicator[] = [
  ask({
    code: 'life_stage',
    unit: 'person',
    theme: 'life-and-care',
    months: 12,
    title: w('Life stage', 'ช่วงวัย'),
    question: w('How old is this person?', 'คนนี้อายุเท่าไร'),
    answers: [
      w('Under 10, or 36 and over', 'ต่ำกว่า 10 ปี หรือ 36 ปีขึ้นไป'),
      w('10 to 13, or 26 to 35', '10–13 ปี หรือ 26–35 ปี'),
      w('14 to 25', '14–25 ปี'),
    ],
    reasons: {
      2: w('is near the age at which most people are approached', 'อยู่ในวัยใกล้เคียงกับวัยที่มักถูกชักชวน'),
      3: w('is at the age at which most people are approached', 'อยู่ในวัยที่มักถูกชักชวนมากที่สุด'),
    },
  }),
  ask({
    code: 'guardianship',
    unit: 'person',
    theme: 'life-and-care',
    months: 6,
    warns: true,
    title: w('Who looks after the person', 'ผู้ดูแล'),
    question: w('Who does this person live with?', 'คนนี้อยู่กับใคร'),
    answers: [
      w('With parents, or an independent adult with support', 'อยู่กับพ่อแม่ หรือเป็นผู้ใหญ่ที่ดูแลตัวเองได้และมีคนช่วยเหลือ'),
      w('With one parent or relatives', 'อยู่กับพ่อหรือแม่คนเดียว หรืออยู่กับญาติ'),
      w('No guardian, on the street, or in a household headed by a child', 'ไม่มีผู้ดูแล เร่ร่อน หรืออยู่ในครัวเรือนที่เด็กเป็นหัวหน้า'),
    ],
    reasons: {
      2: w('lives with one parent or relatives', 'อยู่กับพ่อหรือแม่คนเดียว หรืออยู่กับญาติ'),
      3: w('has nobody who looks after them', 'ไม่มีผู้ดูแล'),
    },
  }),
  ask({
    code: 'household_load',
    unit: 'household',
    theme: 'life-and-care',
    months: 12,
    title: w('People each earner supports', 'ภาระเลี้ยงดูในครัวเรือน'),
    question: w('How many people depend on each person who earns?', 'คนหาเงินหนึ่งคนต้องเลี้ยงดูกี่คน'),
    answers: [w('Fewer than 2', 'น้อยกว่า 2 คน'), w('2 to 4', '2–4 คน'), w('More than 4, or nobody earns', 'มากกว่า 4 คน หรือไม่มีใครมีรายได้')],
    reasons: {
      2: w('each earner supports 2 to 4 people', 'คนหาเงินหนึ่งคนต้องเลี้ยงดู 2–4 คน'),
      3: w('each earner supports more than 4 people, or nobody earns', 'คนหาเงินหนึ่งคนต้องเลี้ยงดูมากกว่า 4 คน หรือไม่มีใครมีรายได้'),
    },
  }),
  ask({
    code: 'family_violence',
    unit: 'household',
    theme: 'life-and-care',
    months: 6,
    warns: true,
    protected: true,
    title: w('Violence in the family', 'ความรุนแรงในครอบครัว'),
    question: w('Is there violence in this household?', 'ครัวเรือนนี้มีความรุนแรงหรือไม่'),
    answers: [w('None known', 'เท่าที่ทราบไม่มี'), w('In the past, or suspected', 'เคยมี หรือสงสัยว่ามี'), w('Going on now', 'กำลังเกิดขึ้น')],
    reasons: {
      2: w('there was violence at home, or it is suspected', 'เคยมีหรือสงสัยว่ามีความรุนแรงในบ้าน'),
      3: w('there is violence at home', 'มีความรุนแรงในบ้าน'),
    },
  }),
  ask({
    code: 'family_crisis',
    unit: 'household',
    theme: 'life-and-care',
    months: 6,
    title: w('Crisis in the family', 'วิกฤตในครอบครัว'),
    question: w(
      'Is the family going through a crisis, such as addiction, a break-up or a trauma?',
      'ครอบครัวกำลังเผชิญวิกฤตหรือไม่ เช่น การติดสารเสพติด การแยกทาง หรือเหตุการณ์กระทบใจอย่างรุนแรง',
    ),
    answers: [w('None', 'ไม่มี'), w('Some', 'มีบ้าง'), w('Severe', 'รุนแรง')],
    reasons: {
      2: w('the family is going through difficulties', 'ครอบครัวกำลังมีปัญหา'),
      3: w('the family is in a severe crisis', 'ครอบครัวกำลังเผชิญวิกฤตรุนแรง'),
    },
  }),
  ask({
    code: 'gender_barriers',
    unit: 'place',
    theme: 'life-and-care',
    months: 24,
    bySex: true,
    title: w('Barriers by sex', 'อุปสรรคเพราะเพศ'),
    question: w(
      'How hard are school, work and papers here for women and girls, and for men and boys?',
      'ที่นี่ผู้หญิงและเด็กหญิง กับผู้ชายและเด็กชาย เข้าถึงการเรียน งาน และเอกสารได้ยากเพียงใด',
    ),
    answers: [
      w('Few barriers', 'มีอุปสรรคน้อย'),
      w('School, work or papers are harder for this sex', 'การเรียน งาน หรือเอกสารยากกว่าสำหรับเพศนี้'),
      w('Closed to this sex', 'ปิดกั้นสำหรับเพศนี้'),
    ],
    reasons: {
      2: w('school, work or papers are harder here for this person’s sex', 'การเรียน งาน หรือเอกสารที่นี่ยากกว่าสำหรับเพศของคนนี้'),
      3: w('school, work or papers are closed here to this person’s sex', 'การเรียน งาน หรือเอกสารที่นี่ปิดกั้นสำหรับเพศของคนนี้'),
    },
  }),
  ask({
    code: 'school_attendance',
    unit: 'person',
    theme: 'education',
    months: 6,
    title: w('Going to school', 'การไปโรงเรียน'),
    question: w('Does this person go to school?', 'คนนี้ไปโรงเรียนหรือไม่'),
    answers: [
      w('Attends, or has completed school', 'เรียนอยู่ หรือเรียนจบแล้ว'),
      w('Not regularly', 'ไปไม่สม่ำเสมอ'),
      w('Dropped out in the last 12 months, or never enrolled', 'ออกกลางคันใน 12 เดือนที่ผ่านมา หรือไม่เคยเข้าเรียน'),
    ],
    reasons: {
      2: w('does not go to school regularly', 'ไปโรงเรียนไม่สม่ำเสมอ'),
      3: w('dropped out of school in the last 12 months, or never enrolled', 'ออกจากโรงเรียนใน 12 เดือนที่ผ่านมา หรือไม่เคยเข้าเรียน'),
    },
  }),
  ask({
    code: 'school_to_work',
    unit: 'person',
    theme: 'education',
    months: 12,
    title: w('From school to work', 'จากโรงเรียนสู่งาน'),
    question: w('Is there work or training nearby that fits what this person has learnt?', 'แถวบ้านมีงานหรือการฝึกอาชีพที่ตรงกับสิ่งที่คนนี้เรียนมาหรือไม่'),
    answers: [
      w('Local work or training that fits', 'มีงานหรือการฝึกอาชีพที่ตรงกัน'),
      w('Partly', 'มีบางส่วน'),
      w('Has been to school, but there is no prospect nearby', 'เรียนมาแล้วแต่ไม่มีโอกาสในพื้นที่'),
    ],
    reasons: {
      2: w('finds only some work or training nearby that fits', 'มีงานหรือการฝึกอาชีพที่ตรงกันเพียงบางส่วน'),
      3: w('has been to school but sees no work nearby', 'เรียนมาแล้วแต่ไม่มีโอกาสทำงานในพื้นที่'),
    },
  }),
];
