// Lets the story tests run on the CRM in memory: shows its records with HubSpot's property names, and makes HubSpot users' changes.

import { EmulatorControl } from 'hubspot-emulator/control'
import type { Records, RecordView } from 'hubspot-emulator/control'
import { entriesOf, FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import type { TestCrm, TestCrmOptions } from './hubspot-portal.ts'
import { createMemoryCrm } from './memory-crm.ts'
import { create, fillIn, remove, withId } from './memory-records.ts'
import type { MemoryRecord, MemoryRecords } from './memory-records.ts'

const PROPERTIES: Record<Field, string> = {
  email: 'email',
  firstName: 'firstname',
  lastName: 'lastname',
  phone: 'phone',
  website: 'website',
  'address.street': 'address',
  'address.city': 'city',
  'address.state': 'state',
  'address.postalCode': 'zip',
  'address.country': 'country',
  'company.name': 'name',
  'company.domain': 'domain',
  'company.website': 'website',
  'company.phone': 'phone',
}
const KINDS = {
  contacts: { record: 'contact', key: 'onramp_customer_id' },
  companies: { record: 'company', key: 'onramp_company_key' },
} as const
const LAST_EVENT_AT = 'onramp_last_event_at'
const OTHER_EMAILS = 'hs_additional_emails'
// The story tests compare the end of a contact's URL with HubSpot's.
const URLS = { contacts: 'https://crm.example/record/0-1/', companies: 'https://crm.example/record/0-2/' }
// HubSpot's association types: contact → company, and contact → its primary company.
const COMPANY = 279
const PRIMARY_COMPANY = 1

type Kind = keyof MemoryRecords

/** The CRM in memory; it skips a test that needs more of HubSpot than its records. */
export async function startTestCrm({ policies, skip }: TestCrmOptions): Promise<TestCrm> {
  if (Object.keys(policies).length > 0) skip('needs other policies of the HubSpot CRM')
  const records: MemoryRecords = { contacts: [], companies: [] }
  const portal = new MemoryPortal(records, skip)
  return {
    crm: createMemoryCrm(records, URLS),
    crmState: null,
    portal,
    hubspotUrl: 'no HubSpot',
    callAsHubSpotUser: (method, path, body) => portal.callAsHubSpotUser(method, path, body),
    stop: async () => {},
  }
}

/** Shows the records like the emulator. Every other method of the emulator skips the test. */
class MemoryPortal extends EmulatorControl {
  readonly #records: MemoryRecords
  readonly #skip: TestCrmOptions['skip']

  constructor(records: MemoryRecords, skip: TestCrmOptions['skip']) {
    super('no emulator')
    this.#records = records
    this.#skip = skip
  }

  override async records(): Promise<Records> {
    const { contacts, companies } = this.#records
    const associations = contacts.flatMap(({ id: contactId, companyIds }) => {
      const present = new Set(companyIds.flatMap((id) => withId(companies, id)?.id ?? []))
      return [...present].map((companyId, index) => ({
        contactId,
        companyId,
        typeIds: index === 0 ? [PRIMARY_COMPANY, COMPANY] : [COMPANY],
      }))
    })
    return {
      contacts: contacts.map((contact) => viewOf(contact, 'contacts')),
      companies: companies.map((company) => viewOf(company, 'companies')),
      associations,
    }
  }

  override async fault(): Promise<void> {
    this.#skip('needs faults of HubSpot’s API')
  }

  override async settings(change: Parameters<EmulatorControl['settings']>[0]): Promise<void> {
    // The merged record of this CRM always has the id of the primary record.
    if (change.mergeKeepsPrimaryId !== true) this.#skip('needs a setting of the HubSpot portal')
  }

  override async requests(): Promise<never> {
    this.#skip('needs the requests to HubSpot')
  }

  /** Understands the paths of HubSpot's API by which the tests create, change, merge and delete records. */
  async callAsHubSpotUser(method: string, path: string, body: unknown): Promise<Response> {
    const match = PATH.exec(path) ?? this.#skip('needs a path of HubSpot’s API')
    const [, kind, id, companyId] = match as unknown as [string, Kind, string?, string?]
    const { properties = {}, primaryObjectId, objectIdToMerge } = (body ?? {}) as RequestBody
    const records: MemoryRecord<Field>[] = this.#records[kind]
    const record = id === undefined ? create(records) : existing(records, primaryObjectId ?? id)
    if (objectIdToMerge) merge(records, record, existing(records, objectIdToMerge))
    else if (companyId) record.companyIds = record.companyIds.filter((each) => each !== companyId)
    else if (method === 'DELETE') remove(records, record)
    else this.#edit(record, kind, properties)
    return Response.json({ id: record.id }, { status: id === undefined ? 201 : 200 })
  }

  #edit(record: MemoryRecord<Field>, kind: Kind, properties: Record<string, string>): void {
    for (const [name, value] of Object.entries(properties)) {
      const field = FIELD_NAMES.find((each) => PROPERTIES[each] === name && FIELDS[each].record === KINDS[kind].record)
      if (field) record.values[field] = value
      else if (name === KINDS[kind].key) record.key = value
      else if (name === LAST_EVENT_AT) record.lastEventAt = Number(value)
      else if (name === OTHER_EMAILS) record.otherEmails = value.split(';')
      else this.#skip(`needs HubSpot’s property ${name}`)
    }
  }
}

const PATH = /objects\/(contacts|companies)(?:\/([\w-]+))?(?:\/associations\/companies\/([\w-]+))?$/

interface RequestBody {
  properties?: Record<string, string>
  primaryObjectId?: string
  objectIdToMerge?: string
}

/** @throws Error when there is no such record */
function existing(records: MemoryRecord<Field>[], id: string): MemoryRecord<Field> {
  const record = withId(records, id)
  if (!record) throw new Error(`There is no record ${id}.`)
  return record
}

function merge(records: MemoryRecord<Field>[], survivor: MemoryRecord<Field>, merged: MemoryRecord<Field>): void {
  remove(records, merged)
  fillIn(survivor, merged.values)
  survivor.key ??= merged.key
  survivor.formerIds.push(merged.id, ...merged.formerIds)
  survivor.companyIds.push(...merged.companyIds)
  survivor.otherEmails.push(...(merged.values.email ? [merged.values.email] : []), ...merged.otherEmails)
}

function viewOf<Name extends Field>({ id, key, values, lastEventAt }: MemoryRecord<Name>, kind: Kind): RecordView {
  const own = { [KINDS[kind].key]: key, [LAST_EVENT_AT]: lastEventAt === 0 ? null : String(lastEventAt) }
  const named = entriesOf(values).map(([field, value]): [string, string | null] => [PROPERTIES[field], value])
  const properties = [...named, ...Object.entries(own)].flatMap(([name, value]) => (value ? [[name, value]] : []))
  return { id, archived: false, properties: Object.fromEntries(properties) as Record<string, string> }
}
