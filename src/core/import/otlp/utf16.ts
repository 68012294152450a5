/** PowerShell's `>` writes UTF-16; everything here reads UTF-8. */
export function toUtf8(head: Uint8Array, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> | null {
  const little = head[0] === 0xff && head[1] === 0xfe
  const big = head[0] === 0xfe && head[1] === 0xff
  return little || big ? transcode(bytes, little ? 'utf-16le' : 'utf-16be') : null
}

async function* transcode(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const chunk of bytes) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  const rest = decoder.decode()
  if (rest !== '') yield encoder.encode(rest)
}
