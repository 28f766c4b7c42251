// SPDX-License-Identifier: AGPL-3.0-or-later
import './people.css';

export { ClosedRecord } from './closed-record.tsx';
export { HouseholdPage } from './household-page.tsx';
export { MergeNotice } from './merge-notice.tsx';
export { PersonCard } from './person-card.tsx';
export { PersonCare } from './person-care.tsx';
export { PersonChanges } from './person-changes.tsx';
export { eventOf, PersonConsents } from './person-consents.tsx';
export { PersonRights } from './person-rights.tsx';
export { RenewAtVisit, RenewConsent } from './renew-consent.tsx';
export { PersonTimeline } from './person-timeline.tsx';
