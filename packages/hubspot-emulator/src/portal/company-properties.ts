// HubSpot's own properties and groups for companies: the ones that an integration is likely to use.

import { LIFECYCLE_STAGES } from './contact-properties.ts'
import { hubspotProperty, optionsOf, type PropertyDefinition, type PropertyGroup } from './property-definition.ts'

export const COMPANY_GROUPS: PropertyGroup[] = [
  { name: 'companyinformation', label: 'Company information', displayOrder: 0, archived: false },
  { name: 'analyticsinformation', label: 'Web analytics history', displayOrder: 1, archived: false },
  { name: 'conversioninformation', label: 'Conversion information', displayOrder: 2, archived: false },
  { name: 'socialmediainformation', label: 'Social media information', displayOrder: 3, archived: false },
  { name: 'companylcs', label: 'Company Lifecycle Stage Properties', displayOrder: 4, archived: false },
]

const KINDS = { PROSPECT: 'Prospect', PARTNER: 'Partner', RESELLER: 'Reseller', VENDOR: 'Vendor', OTHER: 'Other' }

// Some of HubSpot's about 150 industries. A test that needs another industry adds the option first.
const INDUSTRIES = [
  'ACCOUNTING',
  'AIRLINES_AVIATION',
  'APPAREL_FASHION',
  'AUTOMOTIVE',
  'BANKING',
  'BIOTECHNOLOGY',
  'BROADCAST_MEDIA',
  'BUILDING_MATERIALS',
  'CHEMICALS',
  'CIVIL_ENGINEERING',
  'COMPUTER_HARDWARE',
  'COMPUTER_SOFTWARE',
  'CONSTRUCTION',
  'CONSUMER_ELECTRONICS',
  'CONSUMER_GOODS',
  'CONSUMER_SERVICES',
  'EDUCATION_MANAGEMENT',
  'FINANCIAL_SERVICES',
  'FOOD_BEVERAGES',
  'GOVERNMENT_ADMINISTRATION',
  'HOSPITAL_HEALTH_CARE',
  'HOSPITALITY',
  'HUMAN_RESOURCES',
  'INFORMATION_TECHNOLOGY_AND_SERVICES',
  'INSURANCE',
  'INTERNET',
  'LAW_PRACTICE',
  'LEGAL_SERVICES',
  'LOGISTICS_AND_SUPPLY_CHAIN',
  'MACHINERY',
  'MANAGEMENT_CONSULTING',
  'MARKETING_AND_ADVERTISING',
  'MECHANICAL_OR_INDUSTRIAL_ENGINEERING',
  'NON_PROFIT_ORGANIZATION_MANAGEMENT',
  'OIL_ENERGY',
  'PHARMACEUTICALS',
  'REAL_ESTATE',
  'RENEWABLES_ENVIRONMENT',
  'RESEARCH',
  'RESTAURANTS',
  'RETAIL',
  'TELECOMMUNICATIONS',
  'TRANSPORTATION_TRUCKING_RAILROAD',
  'UTILITIES',
  'WHOLESALE',
]

const industryLabel = (value: string): string =>
  value
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(' ')

const TEXTS: Record<string, string> = {
  about_us: 'About Us',
  address: 'Street Address',
  address2: 'Street Address 2',
  city: 'City',
  country: 'Country/Region',
  description: 'Description',
  domain: 'Company Domain Name',
  founded_year: 'Year Founded',
  hs_additional_domains: 'Additional Domains',
  linkedin_company_page: 'LinkedIn Company Page',
  name: 'Company name',
  state: 'State/Region',
  timezone: 'Time Zone',
  twitterhandle: 'Twitter Handle',
  website: 'Website URL',
  zip: 'Postal Code',
}

const COMPUTED: Record<string, [label: string, type: PropertyDefinition['type']]> = {
  createdate: ['Create Date', 'datetime'],
  hs_lastmodifieddate: ['Last Modified Date', 'datetime'],
  hs_lifecyclestage_lead_date: ['Became a Lead Date', 'datetime'],
  hs_merged_object_ids: ['Merged record IDs', 'enumeration'],
  hs_num_child_companies: ['Number of child companies', 'number'],
  hs_object_id: ['Record ID', 'number'],
  hs_object_source: ['Record creation source', 'string'],
  hs_object_source_id: ['Record creation source ID', 'string'],
  hs_object_source_label: ['Record source', 'enumeration'],
  hs_pipeline: ['Pipeline', 'enumeration'],
  hs_target_account_probability: ['Target Account Probability', 'number'],
  num_associated_contacts: ['Number of Associated Contacts', 'number'],
  num_notes: ['Number of Sales Activities', 'number'],
}

const groupName = 'companyinformation'

export const COMPANY_PROPERTIES: PropertyDefinition[] = [
  ...Object.entries(TEXTS).map(([name, label]) => hubspotProperty({ name, label, groupName, formField: true })),
  hubspotProperty({ name: 'phone', label: 'Phone Number', groupName, fieldType: 'phonenumber', formField: true }),
  hubspotProperty({ name: 'annualrevenue', label: 'Annual Revenue', groupName, type: 'number', fieldType: 'number' }),
  hubspotProperty({
    name: 'numberofemployees',
    label: 'Number of Employees',
    groupName,
    type: 'number',
    fieldType: 'number',
  }),
  hubspotProperty({
    name: 'industry',
    label: 'Industry',
    groupName,
    type: 'enumeration',
    fieldType: 'select',
    options: optionsOf(Object.fromEntries(INDUSTRIES.map((value) => [value, industryLabel(value)]))),
  }),
  hubspotProperty({
    name: 'type',
    label: 'Type',
    groupName,
    type: 'enumeration',
    fieldType: 'select',
    options: optionsOf(KINDS),
  }),
  hubspotProperty({
    name: 'lifecyclestage',
    label: 'Lifecycle Stage',
    groupName,
    type: 'enumeration',
    fieldType: 'radio',
    options: optionsOf(LIFECYCLE_STAGES),
  }),
  hubspotProperty({
    name: 'is_public',
    label: 'Is Public',
    groupName,
    type: 'bool',
    fieldType: 'booleancheckbox',
    options: optionsOf({ true: 'Yes', false: 'No' }),
  }),
  hubspotProperty({ name: 'hubspot_owner_id', label: 'Company owner', groupName, fieldType: 'select' }),
  hubspotProperty({ name: 'closedate', label: 'Close Date', groupName, type: 'datetime', fieldType: 'date' }),
  ...Object.entries(COMPUTED).map(([name, [label, type]]) =>
    hubspotProperty({ name, label, groupName, type, readOnly: true, calculated: type !== 'datetime' }),
  ),
]
