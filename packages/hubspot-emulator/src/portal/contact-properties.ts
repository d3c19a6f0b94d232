// HubSpot's own properties and groups for contacts: the ones that an integration is likely to use.

import { hubspotProperty, optionsOf, type PropertyDefinition, type PropertyGroup } from './property-definition.ts'

export const CONTACT_GROUPS: PropertyGroup[] = [
  { name: 'contactinformation', label: 'Contact information', displayOrder: 0, archived: false },
  { name: 'emailinformation', label: 'Email information', displayOrder: 1, archived: false },
  { name: 'analyticsinformation', label: 'Web analytics history', displayOrder: 2, archived: false },
  { name: 'conversioninformation', label: 'Conversion information', displayOrder: 3, archived: false },
  { name: 'socialmediainformation', label: 'Social media information', displayOrder: 4, archived: false },
  { name: 'contactlcs', label: 'Contact Lifecycle Stage Properties', displayOrder: 5, archived: false },
  { name: 'order_information', label: 'Order Information', displayOrder: 6, archived: false },
]

// The stages in order. The API moves a contact only forward; `other` is outside the order [C].
export const LIFECYCLE_STAGES = {
  subscriber: 'Subscriber',
  lead: 'Lead',
  marketingqualifiedlead: 'Marketing Qualified Lead',
  salesqualifiedlead: 'Sales Qualified Lead',
  opportunity: 'Opportunity',
  customer: 'Customer',
  evangelist: 'Evangelist',
  other: 'Other',
}

const LEAD_STATUSES = {
  NEW: 'New',
  OPEN: 'Open',
  IN_PROGRESS: 'In Progress',
  OPEN_DEAL: 'Open Deal',
  UNQUALIFIED: 'Unqualified',
  ATTEMPTED_TO_CONTACT: 'Attempted to Contact',
  CONNECTED: 'Connected',
  BAD_TIMING: 'Bad Timing',
}

const BASES_TO_PROCESS = {
  'Legitimate interest – prospect/lead': 'Legitimate interest – prospect/lead',
  'Legitimate interest – existing customer': 'Legitimate interest – existing customer',
  'Legitimate interest - other': 'Legitimate interest - other',
  'Performance of a contract': 'Performance of a contract',
  'Freely given consent from contact': 'Freely given consent from contact',
  'Not applicable': 'Not applicable',
}

/** Name → label of the one-line text properties in the first group. */
const TEXTS: Record<string, string> = {
  address: 'Street Address',
  city: 'City',
  company: 'Company Name',
  country: 'Country/Region',
  fax: 'Fax Number',
  firstname: 'First Name',
  industry: 'Industry',
  jobtitle: 'Job Title',
  lastname: 'Last Name',
  salutation: 'Salutation',
  state: 'State/Region',
  twitterhandle: 'Twitter Username',
  website: 'Website URL',
  zip: 'Postal Code',
  hs_additional_emails: 'Additional email addresses',
  hs_country_region_code: 'Country/Region Code',
  hs_facebookid: 'Facebook ID',
  hs_language_text: 'Preferred language (text)',
  hs_linkedin_url: 'LinkedIn URL',
  hs_state_code: 'State/Region Code',
  hs_timezone_text: 'Time Zone (text)',
  message: 'Message',
  numemployees: 'Number of Employees',
  work_email: 'Work email',
}

/** Name → label and type of the properties that HubSpot computes. */
const COMPUTED: Record<string, [label: string, type: PropertyDefinition['type']]> = {
  createdate: ['Create Date', 'datetime'],
  hs_all_contact_vids: ['All vids for a contact', 'enumeration'],
  hs_associated_target_accounts: ['Associated Target Accounts', 'number'],
  hs_calculated_merged_vids: ['Merged vids with timestamps of a contact', 'enumeration'],
  hs_currently_enrolled_in_prospecting_agent: ['Currently enrolled in prospecting agent', 'bool'],
  hs_email_domain: ['Email Domain', 'string'],
  hs_full_name_or_email: ['Full Name or Email', 'string'],
  hs_is_contact: ['Is a contact', 'bool'],
  hs_is_unworked: ['Contact unworked', 'bool'],
  hs_lifecyclestage_customer_date: ['Became a Customer Date', 'datetime'],
  hs_lifecyclestage_evangelist_date: ['Became an Evangelist Date', 'datetime'],
  hs_lifecyclestage_lead_date: ['Became a Lead Date', 'datetime'],
  hs_lifecyclestage_marketingqualifiedlead_date: ['Became a Marketing Qualified Lead Date', 'datetime'],
  hs_lifecyclestage_opportunity_date: ['Became an Opportunity Date', 'datetime'],
  hs_lifecyclestage_other_date: ['Became an Other Lifecycle Date', 'datetime'],
  hs_lifecyclestage_salesqualifiedlead_date: ['Became a Sales Qualified Lead Date', 'datetime'],
  hs_lifecyclestage_subscriber_date: ['Became a Subscriber Date', 'datetime'],
  hs_membership_has_accessed_private_content: ['Has accessed private content', 'number'],
  hs_merged_object_ids: ['Merged record IDs', 'enumeration'],
  hs_object_id: ['Record ID', 'number'],
  hs_object_source: ['Record creation source', 'string'],
  hs_object_source_id: ['Record creation source ID', 'string'],
  hs_object_source_label: ['Record source', 'enumeration'],
  hs_pipeline: ['Pipeline', 'enumeration'],
  hs_prospecting_agent_actively_enrolled_count: ['Prospecting agent: actively enrolled', 'number'],
  hs_prospecting_agent_total_enrolled_count: ['Prospecting agent: enrolled in total', 'number'],
  hs_registered_member: ['Registered member', 'number'],
  hs_searchable_calculated_phone_number: ['Calculated phone number', 'string'],
  hs_sequences_actively_enrolled_count: ['Number of sequences actively enrolled', 'number'],
  lastmodifieddate: ['Last Modified Date', 'datetime'],
  num_notes: ['Number of Sales Activities', 'number'],
}

const groupName = 'contactinformation'

export const CONTACT_PROPERTIES: PropertyDefinition[] = [
  hubspotProperty({ name: 'email', label: 'Email', groupName, formField: true }),
  hubspotProperty({ name: 'phone', label: 'Phone Number', groupName, fieldType: 'phonenumber', formField: true }),
  hubspotProperty({ name: 'mobilephone', label: 'Mobile Phone Number', groupName, fieldType: 'phonenumber' }),
  ...Object.entries(TEXTS).map(([name, label]) => hubspotProperty({ name, label, groupName, formField: true })),
  hubspotProperty({
    name: 'lifecyclestage',
    label: 'Lifecycle Stage',
    groupName,
    type: 'enumeration',
    fieldType: 'radio',
    options: optionsOf(LIFECYCLE_STAGES),
    formField: true,
  }),
  hubspotProperty({
    name: 'hs_lead_status',
    label: 'Lead Status',
    groupName,
    type: 'enumeration',
    fieldType: 'radio',
    options: optionsOf(LEAD_STATUSES),
    formField: true,
  }),
  hubspotProperty({
    name: 'hs_legal_basis',
    label: "Legal basis for processing contact's data",
    groupName,
    type: 'enumeration',
    fieldType: 'checkbox',
    options: optionsOf(BASES_TO_PROCESS),
  }),
  hubspotProperty({
    name: 'hs_marketable_status',
    label: 'Marketing contact status',
    groupName,
    type: 'enumeration',
    fieldType: 'select',
    options: optionsOf({ true: 'Marketing contact', false: 'Non-marketing contact' }),
    readOnly: true,
  }),
  // The emulator has no owners, so any id is accepted.
  hubspotProperty({
    name: 'hubspot_owner_id',
    label: 'Contact owner',
    groupName,
    fieldType: 'select',
    formField: true,
  }),
  hubspotProperty({ name: 'annualrevenue', label: 'Annual Revenue', groupName, formField: true }),
  hubspotProperty({ name: 'date_of_birth', label: 'Date of birth', groupName, formField: true }),
  hubspotProperty({ name: 'closedate', label: 'Close Date', groupName, type: 'datetime', fieldType: 'date' }),
  hubspotProperty({
    name: 'associatedcompanyid',
    label: 'Primary Associated Company ID',
    groupName,
    type: 'number',
    fieldType: 'number',
  }),
  ...Object.entries(COMPUTED).map(([name, [label, type]]) =>
    hubspotProperty({ name, label, groupName, type, readOnly: true, calculated: type !== 'datetime' }),
  ),
]
