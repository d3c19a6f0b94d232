// G4, G12 · A company that several customers share: the newest value wins, and the outcome says what HubSpot has.

import { describe, expect, it } from 'vitest'
import type { CompanyChange, CompanyDraft } from '../../domain/crm.ts'
import type { HubSpot } from '../../hubspot/client/client.ts'
import { createCompany } from '../../hubspot/companies.ts'
import { updateCompany } from '../../hubspot/company-update.ts'

type Properties = Record<string, string>

const CLAIMED = { onramp_claimed_at: '1764000000000' }

/**
 * A HubSpot with one company. Each of `others` is what another worker writes right after one of our writes, in their order.
 */
function withCompany(properties: Properties, others: Properties[] = [], createdAt: number | null = null) {
  const company = { name: 'Analytical Engines', onramp_company_key: 'id:org_1', ...properties } as Properties
  const writes: Properties[] = []
  let reads = 0
  const record = () => ({ id: '801', url: null, correlationId: null, createdAt, properties: { ...company } })
  const companies = {
    find: async () => {
      reads += 1
      return record()
    },
    update: async (_id: string, change: Properties) => {
      writes.push(change)
      Object.assign(company, change)
      const response = record()
      Object.assign(company, others.shift() ?? {})
      return response
    },
    create: async (properties: Properties) => ({ ...record(), id: '802', properties }),
  }
  return { hubspot: { companies } as unknown as HubSpot, company, writes, reads: () => reads }
}

const phone = (value: string, eventAt: number) => ({ phone: value, onramp_last_event_at: String(eventAt) })

describe('G4 · a registration that fills in a company that is there', () => {
  const draft = (eventAt: number, values: CompanyDraft['values'] = { 'company.phone': 'ours' }): CompanyDraft => ({
    customerId: 'cus_1',
    organizationId: 'org_1',
    values: { 'company.name': 'Analytical Engines', ...values },
    lastEventAt: eventAt,
  })

  it('raises the watermark to the time of its event, so that an older value of a colleague is skipped', async () => {
    const { hubspot, company } = withCompany({ onramp_last_event_at: '10' })
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({ outcome: 'existed', kept: [], skipped: [] })
    expect(company).toMatchObject(phone('ours', 20))
    const late = change({ 'company.phone': 'a colleague’s' }, 15, { ownEventAt: 10 })
    expect(await updateCompany(hubspot, late, 'overwrite')).toMatchObject({ outcome: 'skipped' })
    expect(company).toMatchObject(phone('ours', 20))
  })

  it('leaves a newer watermark as it is', async () => {
    const { hubspot, company } = withCompany({ onramp_last_event_at: '30' })
    await createCompany(hubspot, draft(20), 'off')
    expect(company).toMatchObject(phone('ours', 30))
  })

  it('says which of the event times are its own and which are others’, by which later events are judged', async () => {
    const { hubspot, company } = withCompany({ onramp_last_event_at: '10' })
    const { ownEventAt = 0, othersEventAt = 0 } = await createCompany(hubspot, draft(20), 'off')
    // A late value of this customer is newer than all values of others.
    const website = change({ 'company.website': 'https://late.example' }, 15, { ownEventAt, othersEventAt })
    expect(await updateCompany(hubspot, website, 'overwrite')).toMatchObject({ outcome: 'written', skipped: [] })
    const name = change({ 'company.name': 'Older than the colleague’s' }, 5, { ownEventAt, othersEventAt })
    expect(await updateCompany(hubspot, name, 'overwrite')).toMatchObject({ outcome: 'skipped' })
    expect(company).toMatchObject({ name: 'Analytical Engines', website: 'https://late.example' })
  })

  it('writes its value again when an older one was filled in over it at the same time', async () => {
    const { hubspot, company } = withCompany({ onramp_last_event_at: '10' }, [phone('older', 19)])
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({ outcome: 'existed', kept: [], skipped: [] })
    expect(company).toMatchObject(phone('ours', 20))
  })

  it('G12 · says that its value is skipped when a newer one was filled in over it at the same time', async () => {
    const { hubspot, company } = withCompany({ onramp_last_event_at: '10' }, [phone('newer', 21)])
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({ skipped: ['company.phone'], kept: [] })
    expect(company).toMatchObject(phone('newer', 21))
  })

  it('G12 · says so as well on a company that both have just adopted', async () => {
    const { hubspot, company } = withCompany(CLAIMED, [phone('newer', 21)])
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({
      outcome: 'adopted',
      skipped: ['company.phone'],
    })
    expect(company).toMatchObject(phone('newer', 21))
  })

  it('G3 · creates a company of its own when another organization has claimed this one at the same time', async () => {
    const { hubspot } = withCompany(CLAIMED, [{ onramp_company_key: 'id:org_9' }])
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({ outcome: 'created', companyId: '802' })
  })

  it('gives up after a few rounds, and says that its value is skipped', async () => {
    const older = Array.from({ length: 10 }, () => phone('older', 19))
    const { hubspot, writes } = withCompany({ onramp_last_event_at: '10' }, older)
    expect(await createCompany(hubspot, draft(20), 'off')).toMatchObject({ skipped: ['company.phone'] })
    expect(writes).toHaveLength(3)
  })

  it('reads nothing back when it has only onramp’s own properties to write', async () => {
    const { hubspot, writes, reads } = withCompany({ onramp_last_event_at: '' })
    await createCompany(hubspot, draft(20, {}), 'off')
    expect([writes, reads()]).toEqual([[{ onramp_last_event_at: '20' }], 1])
  })

  it('G12 · counts as existing when it is repeated, since the look-up has found the company', async () => {
    const { hubspot } = withCompany(phone('ours', 20))
    const lookedUp = { companyId: '801', at: Date.now() }
    expect(await createCompany(hubspot, { ...draft(20), lookedUp }, 'off')).toMatchObject({
      outcome: 'existed',
      ownEventAt: 20,
    })
  })
})

describe('G12 · a company that carries the event time of this registration', () => {
  const draft = { customerId: 'cus_1', organizationId: 'org_1', values: { 'company.phone': 'ours' }, lastEventAt: 20 }
  const outcomeOf = async (createdAt: number, since: number) =>
    (await createCompany(withCompany(phone('ours', 20), [], createdAt).hubspot, { ...draft, since }, 'off')).outcome
  const MINUTE_MS = 60_000

  it('counts as created, when it is not older than the run: a response was lost', async () => {
    expect(await outcomeOf(100 * MINUTE_MS, 96 * MINUTE_MS)).toBe('created')
    expect(await outcomeOf(100 * MINUTE_MS, 104 * MINUTE_MS)).toBe('created')
  })

  it('counts as existing, when it is older: an earlier attempt has filled in a value', async () => {
    expect(await outcomeOf(100 * MINUTE_MS, 106 * MINUTE_MS)).toBe('existed')
  })
})

describe('G4 · a read-back of a company', () => {
  it('never lowers the watermark below what this customer has written', async () => {
    // The value at 100 was written, before HubSpot executed an older write late, with its watermark.
    const { hubspot, company } = withCompany({ name: 'late', ...phone('at 100', 90) })
    const own = { ownEventAt: 100, onlyDifferent: true as const }
    await updateCompany(hubspot, change({ 'company.name': 'at 95' }, 95, own), 'overwrite')
    expect(company).toMatchObject({ name: 'at 95', ...phone('at 100', 100) })
    const colleagues = change({ 'company.phone': 'at 97' }, 97, { ownEventAt: 80 })
    expect(await updateCompany(hubspot, colleagues, 'overwrite')).toMatchObject({ outcome: 'skipped' })
    expect(company).toMatchObject({ phone: 'at 100' })
  })

  it('raises a watermark that a late write has lowered, also when no value is to be written', async () => {
    const { hubspot, company } = withCompany(phone('at 100', 90))
    const own = { ownEventAt: 100, onlyDifferent: true as const }
    await updateCompany(hubspot, change({ 'company.phone': 'at 100' }, 80, own), 'overwrite')
    expect(company).toMatchObject(phone('at 100', 100))
  })

  it('never lowers the watermark below what others are known to have written', async () => {
    const { hubspot, company } = withCompany(phone('others’ at 120', 90))
    const known = { ownEventAt: 100, othersEventAt: 120, onlyDifferent: true as const }
    const outcome = await updateCompany(hubspot, change({ 'company.phone': 'at 95' }, 95, known), 'overwrite')
    expect(outcome).toMatchObject({ outcome: 'skipped' })
    expect(company).toMatchObject(phone('others’ at 120', 120))
  })

  it('only compares a value that HubSpot users had replaced, and leaves the watermark', async () => {
    const { hubspot, company } = withCompany({ name: 'of a user', ...phone('1', 90) })
    const readBack = async (name: string) => {
      const own = { ownEventAt: 80, onlyDifferent: true as const, compared: { 'company.name': name } }
      return await updateCompany(hubspot, change({}, 0, own), 'overwrite')
    }
    expect(await readBack('ours')).toMatchObject({ outcome: 'written', isUnchanged: true, present: [] })
    // A late write may have brought it back.
    expect(await readBack('of a user')).toMatchObject({ outcome: 'written', present: ['company.name'] })
    expect(company).toMatchObject({ name: 'of a user', ...phone('1', 90) })
  })
})

describe('G4 · a watermark that lies further ahead of onramp’s clock than any event may', () => {
  const future = { onramp_last_event_at: String(Date.parse('2100-01-01')) }
  const note = expect.stringContaining('onramp_last_event_at') as string

  it('counts as none on a company: an update is written, and the timeline says so', async () => {
    const { hubspot, company } = withCompany(future)
    const now = Date.now()
    const outcome = await updateCompany(
      hubspot,
      change({ 'company.phone': 'new' }, now, { ownEventAt: 100 }),
      'overwrite',
    )
    expect(outcome).toMatchObject({ outcome: 'written', skipped: [], note })
    expect(company).toMatchObject(phone('new', now))
  })

  it('counts as none for a registration, which replaces it', async () => {
    const { hubspot, company } = withCompany(future)
    const draft = { customerId: 'cus_1', organizationId: 'org_1', values: { 'company.name': 'X' }, lastEventAt: 20 }
    expect(await createCompany(hubspot, draft, 'off')).toMatchObject({ outcome: 'existed', note })
    expect(company).toMatchObject({ name: 'Analytical Engines', onramp_last_event_at: '20' })
  })

  it('counts up to the ten minutes that an event may be ahead', async () => {
    const ahead = Date.now() + 9 * 60_000
    const { hubspot } = withCompany({ onramp_last_event_at: String(ahead) })
    const outcome = await updateCompany(hubspot, change({ 'company.phone': 'older' }, ahead - 1000), 'overwrite')
    expect(outcome).toMatchObject({ outcome: 'skipped', othersEventAt: ahead })
    expect(outcome).not.toHaveProperty('note')
  })
})

function change(
  values: CompanyChange['values'],
  eventAt: number,
  known: Partial<Pick<CompanyChange, 'ownEventAt' | 'othersEventAt' | 'onlyDifferent' | 'compared'>> = {},
): CompanyChange {
  const own = { companyId: '801', companyKey: 'id:org_1', repeated: [], ownEventAt: 0, othersEventAt: 0 }
  const times = Object.fromEntries(Object.keys(values).map((field) => [field, eventAt]))
  return { ...own, values, times, lastEventAt: eventAt, ...known }
}
