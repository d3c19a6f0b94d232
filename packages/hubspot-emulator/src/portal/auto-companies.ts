// HubSpot's setting "create and associate companies with contacts": by the domain of a contact's address, some time later [D].

import type { ChangeListener, Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { tieByDefault } from './ties.ts'
import { bareDomain, checkedValues } from './values.ts'
import { createRecord } from './writes.ts'

// HubSpot's own list is long and not published; these are the ones that people have.
const FREE_MAIL = new Set(
  `aol.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk
  hotmail.com icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr
  outlook.com pm.me proton.me protonmail.com qq.com t-online.de web.de yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de
  yahoo.fr yandex.com yandex.ru ymail.com zoho.com 163.com`.split(/\s+/),
)

/** Watches the portal's contacts; does nothing while the setting is off. */
export function autoCompanies(portal: Portal): Partial<ChangeListener> {
  /** Contact → the domain that was looked at, so that a change of anything else leaves people's own ties alone. */
  const looked = new Map<string, string>()
  return {
    recordChanged(contact) {
      const settings = portal.settings()
      if (!settings.autoCreateCompanies || contact.type !== 'contacts' || contact.archivedAt !== null) return
      const domain = companyDomain(contact, settings.autoCreateExcludedDomains)
      if (domain === null || looked.get(contact.id) === domain) return
      looked.set(contact.id, domain)
      portal.later.add(settings.autoCreateDelayMs, () => associate(portal, contact.id, domain))
    },
    recordRemoved({ id }) {
      looked.delete(id)
    },
  }
}

/** Free-mail and excluded domains fall back to the contact's own web site [D]. */
function companyDomain({ values }: CrmRecord, excluded: readonly string[]): string | null {
  const isNoCompany = (domain: string) => domain === '' || FREE_MAIL.has(domain) || excluded.includes(domain)
  const email = values.get('email') ?? ''
  const candidates = [email.slice(email.lastIndexOf('@') + 1), bareDomain(values.get('website') ?? '')]
  return candidates.find((domain) => !isNoCompany(domain)) ?? null
}

function associate(portal: Portal, contactId: string, domain: string): void {
  const contact = portal.records.active('contacts', contactId)
  if (contact === undefined) return
  const known = [...portal.records.all('companies')].find(
    ({ archivedAt, values }) => archivedAt === null && hasDomain(values, domain),
  )
  // Its first company becomes a contact's primary one, whoever makes the tie [I].
  tieByDefault(portal, contact, known ?? newCompany(portal, domain))
}

const hasDomain = (values: ReadonlyMap<string, string>, domain: string): boolean =>
  [values.get('domain') ?? '', ...(values.get('hs_additional_domains') ?? '').split(';')].includes(domain)

/** [I] HubSpot fills in what it knows of the firm; here its name is its domain. */
function newCompany(portal: Portal, domain: string): CrmRecord {
  const checked = checkedValues('companies', { domain, name: domain }, portal.registry)
  return createRecord(portal, 'companies', checked, { source: 'AUTO_ASSOCIATE_BY_DOMAIN' })
}
