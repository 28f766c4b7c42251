// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator } from '../instrument.ts';
import { ask, words as w } from './ask.ts';

/** Indicators 18 to 28: status and belonging, movement, place. */
export const belongingMovementAndPlace: readonly Indicator[] = [
  ask({
    code: 'identity_documents', unit: 'person', theme: 'belonging', months: 24, warns: true,
    title: w('Identity documents', 'เอกสารประจำตัว'),
    question: w('Does this person have identity documents, and who holds them?', 'คนนี้มีเอกสารประจำตัวหรือไม่ และใครเป็นคนเก็บ'),
    answers: [w('Complete', 'ครบถ้วน'), w('Incomplete or pending', 'ไม่ครบหรือกำลังดำเนินการ'), w('None, or somebody else holds them', 'ไม่มี หรือคนอื่นเก็บไว้')],
    reasons: { 2: w('identity documents are incomplete or pending', 'เอกสารประจำตัวไม่ครบหรือกำลังดำเนินการ'), 3: w('has no identity documents, or somebody else holds them', 'ไม่มีเอกสารประจำตัว หรือคนอื่นเก็บไว้') },
  }),
  ask({
    code: 'legal_status', unit: 'person', theme: 'belonging', months: 24, protected: true,
    title: w('Legal status', 'สถานะทางกฎหมาย'),
    question: w('What is this person’s legal status here?', 'คนนี้มีสถานะทางกฎหมายอย่างไรที่นี่'),
    answers: [w('Citizen', 'พลเมือง'), w('Temporary permit', 'มีใบอนุญาตชั่วคราว'), w('Stateless or undocumented', 'ไร้สัญชาติ หรือไม่มีเอกสาร')],
    reasons: { 2: w('has a temporary permit', 'มีใบอนุญาตชั่วคราว'), 3: w('is stateless or undocumented', 'ไร้สัญชาติ หรือไม่มีเอกสาร') },
  }),
  ask({
    code: 'exclusion', unit: 'person', theme: 'belonging', months: 24, protected: true,
    title: w('Exclusion', 'การถูกกีดกัน'),
    question: w('Is this person kept out because of language, caste, minority or disability?', 'คนนี้ถูกกีดกันเพราะภาษา ชนชั้น การเป็นชนกลุ่มน้อย หรือความพิการหรือไม่'),
    answers: [w('None', 'ไม่มี'), w('Some, because of language, caste, minority or disability', 'มีบ้าง เพราะภาษา ชนชั้น การเป็นชนกลุ่มน้อย หรือความพิการ'), w('Excluded from services', 'ถูกกีดกันจากบริการ')],
    reasons: { 2: w('meets some exclusion', 'ถูกกีดกันบ้าง'), 3: w('is excluded from services', 'ถูกกีดกันจากบริการ') },
  }),
  ask({
    code: 'stigma_or_past_exploitation', unit: 'person', theme: 'belonging', months: 6, warns: true, protected: true,
    title: w('Stigma or past exploitation', 'การถูกตีตราหรือเคยถูกแสวงหาประโยชน์'),
    question: w('Does the community look down on this person, or was the person exploited before?', 'คนในชุมชนตีตราคนนี้ หรือคนนี้เคยถูกแสวงหาประโยชน์หรือไม่'),
    answers: [w('None', 'ไม่มี'), w('Looked down on: abandoned, divorced, returned', 'ถูกตีตรา เช่น ถูกทอดทิ้ง หย่าร้าง หรือกลับจากต่างถิ่น'), w('A survivor without support', 'เคยถูกแสวงหาประโยชน์และไม่มีใครช่วยเหลือ')],
    reasons: { 2: w('is looked down on in the community', 'ถูกตีตราในชุมชน'), 3: w('was exploited before and has no support', 'เคยถูกแสวงหาประโยชน์และไม่มีใครช่วยเหลือ') },
  }),
  ask({
    code: 'intention_to_leave', unit: 'person', theme: 'movement', months: 3, protected: true,
    title: w('Plans to leave', 'ความคิดที่จะย้ายออก'),
    question: w('Does this person plan to leave? Leaving is everybody’s right; the answer helps to prepare.', 'คนนี้คิดจะย้ายออกหรือไม่ การย้ายถิ่นเป็นสิทธิของทุกคน คำตอบนี้ช่วยในการเตรียมตัว'),
    answers: [w('No', 'ไม่คิด'), w('Thinking about it', 'กำลังคิดอยู่'), w('Within 6 months', 'ภายใน 6 เดือน')],
    reasons: { 2: w('is thinking about leaving', 'กำลังคิดจะย้ายออก'), 3: w('plans to leave within 6 months', 'จะย้ายออกภายใน 6 เดือน') },
  }),
  ask({
    code: 'household_migration', unit: 'household', theme: 'movement', months: 12, protected: true,
    title: w('Migration in the household', 'การย้ายถิ่นในครัวเรือน'),
    question: w('Has anybody in the household migrated, and how?', 'มีใครในครัวเรือนย้ายถิ่นหรือไม่ และไปอย่างไร'),
    answers: [w('None, or regular and safe', 'ไม่มี หรือไปอย่างถูกต้องและปลอดภัย'), w('Somebody migrated without papers', 'มีคนย้ายถิ่นโดยไม่มีเอกสาร'), w('A member is missing, or came back from exploitation', 'มีสมาชิกหายไป หรือกลับมาจากการถูกแสวงหาประโยชน์')],
    reasons: { 2: w('somebody in the household migrated without papers', 'มีคนในครัวเรือนย้ายถิ่นโดยไม่มีเอกสาร'), 3: w('a household member is missing, or came back from exploitation', 'มีสมาชิกในครัวเรือนหายไป หรือกลับมาจากการถูกแสวงหาประโยชน์') },
  }),
  ask({
    code: 'recruiter_contact', unit: 'person', theme: 'movement', months: 3, warns: true,
    title: w('Contact with recruiters', 'การติดต่อจากนายหน้า'),
    question: w('Has anybody offered this person work elsewhere?', 'มีใครชวนคนนี้ไปทำงานที่อื่นหรือไม่'),
    answers: [w('None, or a licensed agency that was checked', 'ไม่มี หรือเป็นบริษัทจัดหางานที่มีใบอนุญาตและตรวจสอบแล้ว'), w('An informal offer that nobody has checked', 'มีคนชวนแบบไม่เป็นทางการและยังไม่ได้ตรวจสอบ'), w('A suspicious agent, an advance paid, or papers held', 'นายหน้าน่าสงสัย มีการจ่ายเงินล่วงหน้า หรือยึดเอกสาร')],
    reasons: { 2: w('has an offer of work that nobody has checked', 'มีคนชวนไปทำงานและยังไม่ได้ตรวจสอบ'), 3: w('is in contact with a suspicious agent, took an advance, or had papers taken', 'ติดต่อกับนายหน้าน่าสงสัย รับเงินล่วงหน้า หรือถูกยึดเอกสาร') },
  }),
  ask({
    code: 'migration_knowledge', unit: 'person', theme: 'movement', months: 12,
    title: w('Knowing how to migrate safely', 'ความรู้เรื่องการย้ายถิ่นอย่างปลอดภัย'),
    question: w('Does this person know the channels, the rights and the hotline?', 'คนนี้รู้ช่องทาง สิทธิ และสายด่วนหรือไม่'),
    answers: [w('Knows channels, rights and the hotline', 'รู้ช่องทาง สิทธิ และสายด่วน'), w('Partly', 'รู้บางส่วน'), w('None', 'ไม่รู้เลย')],
    reasons: { 2: w('knows only part of how to migrate safely', 'รู้วิธีย้ายถิ่นอย่างปลอดภัยเพียงบางส่วน'), 3: w('does not know how to migrate safely', 'ไม่รู้วิธีย้ายถิ่นอย่างปลอดภัย') },
  }),
  ask({
    code: 'legal_channels', unit: 'place', theme: 'movement', months: 12,
    title: w('Legal ways to migrate', 'ช่องทางย้ายถิ่นที่ถูกกฎหมาย'),
    question: w('Are there legal ways to work elsewhere, and can people here afford them?', 'มีช่องทางไปทำงานที่อื่นอย่างถูกกฎหมายหรือไม่ และคนที่นี่จ่ายไหวหรือไม่'),
    answers: [w('Open and affordable', 'เปิดและจ่ายไหว'), w('Slow or costly', 'ช้าหรือแพง'), w('Closed', 'ปิด')],
    reasons: { 2: w('legal ways to migrate are slow or costly here', 'ช่องทางย้ายถิ่นที่ถูกกฎหมายที่นี่ช้าหรือแพง'), 3: w('there is no legal way to migrate from here', 'ที่นี่ไม่มีช่องทางย้ายถิ่นที่ถูกกฎหมาย') },
  }),
  ask({
    code: 'place_setting', unit: 'place', theme: 'place', months: 12, warns: true,
    title: w('The setting', 'สภาพพื้นที่'),
    question: w('What draws people away from here, or recruiters to here?', 'มีอะไรดึงคนออกจากที่นี่ หรือดึงนายหน้าเข้ามา'),
    answers: [w('No known pull', 'เท่าที่ทราบไม่มี'), w('A border, factories, tourism, or much out-migration', 'ชายแดน โรงงาน การท่องเที่ยว หรือมีคนย้ายออกมาก'), w('Recruiters are active, or a known route passes', 'มีนายหน้าเข้ามา หรือเป็นเส้นทางที่รู้กัน')],
    reasons: { 2: w('a border, factories, tourism or much out-migration is near', 'อยู่ใกล้ชายแดน โรงงาน แหล่งท่องเที่ยว หรือมีคนย้ายออกมาก'), 3: w('recruiters are active here, or a known route passes', 'ที่นี่มีนายหน้าเข้ามา หรือเป็นเส้นทางที่รู้กัน') },
  }),
  ask({
    code: 'place_shock', unit: 'place', theme: 'place', months: 6, warns: true,
    title: w('A shock to the place', 'เหตุร้ายแรงในพื้นที่'),
    question: w('Did something happen to this place in the last 12 months?', 'ใน 12 เดือนที่ผ่านมา เกิดเหตุร้ายแรงกับพื้นที่นี้หรือไม่'),
    answers: [w('None in 12 months', 'ไม่มีใน 12 เดือน'), w('Moderate', 'ปานกลาง'), w('Conflict, disaster or displacement', 'ความขัดแย้ง ภัยพิบัติ หรือการพลัดถิ่น')],
    reasons: { 2: w('something moderate happened to this place in the last 12 months', 'ใน 12 เดือนที่ผ่านมาเกิดเหตุปานกลางในพื้นที่นี้'), 3: w('conflict, disaster or displacement struck this place', 'พื้นที่นี้เกิดความขัดแย้ง ภัยพิบัติ หรือการพลัดถิ่น') },
  }),
];
