/** Compiles `src/scanner/` to WebAssembly and writes it as a module, so that every shell, test and script has it without a loader. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import asc from 'assemblyscript/asc'

const root = resolve(import.meta.dirname, '..')
export const target = resolve(root, 'src/core/import/otlp/otlp-scanner-wasm.ts')

/** Source of the module. Throws with the compiler's words. */
export async function compiled(): Promise<string> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await asc.main(
    [
      'src/scanner/index.ts',
      '--baseDir',
      root,
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '-O3',
      '--noAssert',
      '-o',
      'scanner.wasm',
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) wasm = contents as Uint8Array
      },
    },
  )
  if (error || !wasm) throw new Error(stderr.toString() || error?.message)
  return [
    '/** Compiled from `src/scanner/` by `node scripts/build-scanner.ts`: do not edit. */',
    'export const scannerWasm =',
    `  '${Buffer.from(wasm).toString('base64')}'\n`,
  ].join('\n')
}

if (import.meta.main) writeFileSync(target, await compiled())
