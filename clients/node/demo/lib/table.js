// Plain text tables.

/**
 * @param {Array<Array<string | number>>} rows
 * @returns {string} Columns padded to their widest cell.
 */
export function formatTable(rows) {
  const widths = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, String(cell).length)));
  return rows
    .map((row) => row.map((cell, i) => String(cell).padEnd(widths[i])).join('  ').trimEnd())
    .join('\n');
}
