// Computes the values that HubSpot sets itself when a record or its associations change.

import { CONTACT_TO_COMPANY, PRIMARY_COMPANY } from './associations.ts'
import { LIFECYCLE_STAGES } from './contact-properties.ts'
import type { Portal } from './portal.ts'
import { isoTime, setValue, type CrmRecord } from './record.ts'

/** The value of `hs_object_source`; an API call is an INTEGRATION [R]. */
export type Source = 'INTEGRATION' | 'AUTO_ASSOCIATE_BY_DOMAIN' | 'CRM_UI'

// The id of the calling app; in a real portal, the id of the private app.
const APP_ID = '19083857'

// [R] A new contact has these values besides the sent ones.
const NEW_CONTACT: Record<string, string> = {
  hs_associated_target_accounts: '0',
  hs_currently_enrolled_in_prospecting_agent: 'false',
  hs_is_contact: 'true',
  hs_is_unworked: 'true',
  hs_membership_has_accessed_private_content: '0',
  hs_pipeline: 'contacts-lifecycle-pipeline',
  hs_prospecting_agent_actively_enrolled_count: '0',
  hs_prospecting_agent_total_enrolled_count: '0',
  hs_registered_member: '0',
  hs_sequences_actively_enrolled_count: '0',
  num_notes: '0',
}

// [R] in an older API, [I] in this one.
const NEW_COMPANY: Record<string, string> = {
  hs_num_child_companies: '0',
  hs_pipeline: 'companies-lifecycle-pipeline',
  hs_target_account_probability: '0.5',
  num_associated_contacts: '0',
  num_notes: '0',
}

/** Sets the computed values of a new record. */
export function completeNew(record: CrmRecord, source: Source): void {
  const put = (name: string, value: string): void => void record.values.set(name, value)
  const created = isoTime(record.createdAt)
  const defaults = record.type === 'contacts' ? NEW_CONTACT : NEW_COMPANY
  for (const [name, value] of Object.entries(defaults)) put(name, value)
  put('createdate', created)
  put('hs_object_id', record.id)
  put('hs_object_source', source)
  put('hs_object_source_id', APP_ID)
  put('hs_object_source_label', source)
  if (record.type === 'contacts') put('hs_all_contact_vids', record.id)
  // [R] The web site of a company defaults to its domain.
  else if (record.values.has('domain') && !record.values.has('website')) put('website', record.values.get('domain')!)
  if (!record.values.has('lifecyclestage')) put('lifecyclestage', 'lead')
  derive(record, record.createdAt)
  put(record.type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate', created)
}

/** Updates the values that depend on other values. */
export function derive(record: CrmRecord, at: number): void {
  const values = record.values
  const put = (name: string, value: string): void => setValue(record, name, value, at)
  const stage = values.get('lifecyclestage')
  // [R] Milliseconds as digits, unlike all other times.
  if (stage !== undefined && Object.hasOwn(LIFECYCLE_STAGES, stage) && !values.has(`hs_lifecyclestage_${stage}_date`)) {
    put(`hs_lifecyclestage_${stage}_date`, String(at))
  }
  if (record.type === 'companies') return
  const email = values.get('email') ?? ''
  const name = `${values.get('firstname') ?? ''} ${values.get('lastname') ?? ''}`.trim()
  put('hs_email_domain', email.slice(email.lastIndexOf('@') + 1))
  put('hs_full_name_or_email', name === '' ? email : name)
  put('hs_searchable_calculated_phone_number', (values.get('phone') ?? '').replaceAll(/\D/g, '').slice(-10))
}

/** Sets the ids of a merged record: its own, and those of the records that were merged into it [D]. */
export function completeMerged(record: CrmRecord, mergedIds: readonly string[], at: number): void {
  const put = (name: string, value: string): void => void record.values.set(name, value)
  put('hs_object_id', record.id)
  put('createdate', isoTime(record.createdAt))
  put('hs_merged_object_ids', mergedIds.join(';'))
  if (record.type === 'contacts') {
    put('hs_all_contact_vids', [record.id, ...mergedIds].join(';'))
    put('hs_calculated_merged_vids', mergedIds.map((id) => `${id}:${at}`).join(';'))
  }
  derive(record, at)
  put(record.type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate', isoTime(at))
}

/** Updates the values that depend on associations: a contact's primary company, a company's number of contacts. */
export function deriveFromAssociations(portal: Portal, record: CrmRecord): void {
  const others = portal.associations.associatedWith(record.id)
  const at = portal.clock.now()
  if (record.type === 'contacts') {
    const primary = others.find((id) => portal.associations.typesBetween(record.id, id).includes(PRIMARY_COMPANY)) ?? ''
    setValue(record, 'associatedcompanyid', primary, at)
  } else {
    const contacts = others.filter((id) => portal.associations.typesBetween(id, record.id).includes(CONTACT_TO_COMPANY))
    setValue(record, 'num_associated_contacts', String(contacts.length), at)
  }
}
