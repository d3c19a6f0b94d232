// The size of a part of the state, by which it stays bounded (G8).

// JSON escapes what is not printable.
const ASCII = /^[ -~]*$/

/** The size as JSON in UTF-8, in bytes. A surrogate pair takes four bytes, two for each half. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value)
  if (ASCII.test(text)) return text.length
  let bytes = 0
  for (const unit of text.split('')) {
    bytes += unit < '\u0080' ? 1 : unit < '\u0800' || !unit.isWellFormed() ? 2 : 3
  }
  return bytes
}
