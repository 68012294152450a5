/** A copy of a row that looks its cells up, for comparing: own keys, those of the rows in its lists too. */
export function plainRow(row: unknown): unknown {
  if (Array.isArray(row)) return row.map(plainRow)
  if (typeof row !== 'object' || row === null) return row
  const plain: Record<string, unknown> = {}
  for (const key in row) plain[key] = plainRow((row as Record<string, unknown>)[key])
  return plain
}
