// The kinds of call that onramp sends to HubSpot.

/** The object and verb of a call, as `<object>.<verb>`. The kind decides which of HubSpot's limits the call counts against. */
export type CallKind =
  | 'contact.read'
  | 'contact.create'
  | 'contact.update'
  | 'contact.erase'
  | 'company.read'
  | 'company.search'
  | 'company.create'
  | 'company.update'
  | 'company.archive'
  | 'association.read'
  | 'association.create'
  | 'association.delete'
  | 'property.read'
  | 'property.create'
  | 'account.read'

/** Whether calls of the kind change something in HubSpot. */
export function isWrite(kind: CallKind): boolean {
  return !/\.(read|search)$/.test(kind)
}
