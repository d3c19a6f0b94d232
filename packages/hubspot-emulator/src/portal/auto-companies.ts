// HubSpot's setting "create and associate companies with contacts". Some time after a change of a contact, HubSpot associates
// the contact with the company that has the domain of the contact's address. HubSpot creates that company if there is none [D].

import type { ChangeListener, Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { associateByDefault } from './association-rules.ts'
import { bareDomain, checkedValues } from './values.ts'
import { createRecord } from './writes.ts'

// HubSpot's own list is long and not published; these are the common ones.
const FREE_MAIL = new Set(
  `aol.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk
  hotmail.com icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr
  outlook.com pm.me proton.me protonmail.com qq.com t-online.de web.de yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de
  yahoo.fr yandex.com yandex.ru ymail.com zoho.com 163.com`.split(/\s+/),
)

/** Listens to changes of contacts; does nothing while the setting is off. */
export function autoCompanies(portal: Portal): Partial<ChangeListener> {
  /** Contact id → domain that was handled last. Other changes do not alter associations that HubSpot users made. */
  const handled = new Map<string, string>()
  return {
    recordChanged(contact) {
      const settings = portal.settings()
      if (!settings.autoCreateCompanies || contact.type !== 'contacts' || contact.archivedAt !== null) return
      const domain = companyDomain(contact, settings.autoCreateExcludedDomains)
      if (domain === null || handled.get(contact.id) === domain) return
      handled.set(contact.id, domain)
      portal.timers.add(settings.autoCreateDelayMs, () => associate(portal, contact.id, domain))
    },
    recordRemoved({ id }) {
      handled.delete(id)
    },
  }
}

/** For free-mail and excluded domains HubSpot uses the contact's web site [D]. */
function companyDomain({ values }: CrmRecord, excluded: readonly string[]): string | null {
  const isExcluded = (domain: string) => domain === '' || FREE_MAIL.has(domain) || excluded.includes(domain)
  const email = values.get('email') ?? ''
  const candidates = [email.slice(email.lastIndexOf('@') + 1), bareDomain(values.get('website') ?? '')]
  return candidates.find((domain) => !isExcluded(domain)) ?? null
}

function associate(portal: Portal, contactId: string, domain: string): void {
  const contact = portal.records.active('contacts', contactId)
  if (contact === undefined) return
  const existing = [...portal.records.all('companies')].find(
    ({ archivedAt, values }) => archivedAt === null && hasDomain(values, domain),
  )
  // The contact's first company becomes its primary company here too [I].
  associateByDefault(portal, contact, existing ?? createCompany(portal, domain))
}

const hasDomain = (values: ReadonlyMap<string, string>, domain: string): boolean =>
  [values.get('domain') ?? '', ...(values.get('hs_additional_domains') ?? '').split(';')].includes(domain)

/** [I] HubSpot fills in data about the company. The emulator sets only the name, which is the domain. */
function createCompany(portal: Portal, domain: string): CrmRecord {
  const checked = checkedValues('companies', { domain, name: domain }, portal.registry)
  return createRecord(portal, 'companies', checked, { source: 'AUTO_ASSOCIATE_BY_DOMAIN' })
}
