import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

/** The page's chunks of these names are asked for as it is parsed, rather than when the code that imports them has run. */
const askAtOnce = (names: readonly string[]): Plugin => ({
  name: 'ask-at-once',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) =>
      Object.values(bundle)
        .filter(file => file.type === 'chunk' && names.includes(file.name))
        .map(({ fileName }) => ({
          tag: 'link',
          injectTo: 'head' as const,
          attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
        })),
  },
})

/** One build for every process: `out/main` (Electron main, the `interleave` command, the recorder), `out/preload`, `out/renderer`. */
export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          index: at('src/main/index.ts'),
          cli: at('src/cli/index.ts'),
          recorder: at('src/recorder/index.ts'),
          'recorder-auto': at('src/recorder/auto.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: at('src/preload/index.ts') },
        // A sandboxed preload can neither be an ES module nor require other files.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react(), askAtOnce(['rolldown-runtime', 'start', 'window'])],
    worker: { format: 'es' },
    // electron-vite leaves it off, because Electron reads from disk; in a browser tab size is time.
    build: {
      minify: true,
      modulePreload: false,
      rollupOptions: {
        input: { index: at('renderer/index.html') },
        // A file each, with what it needs that is in none before it: evaluating one is a task of its own.
        output: {
          codeSplitting: {
            groups: [
              { name: 'first', test: /renderer\/(?:index\.html|main\.ts)$|preload-helper/, priority: 2 },
              { name: 'start', test: /renderer\/start\.ts$/, priority: 1 },
              { name: 'window', test: /renderer\/show-window\.tsx$/ },
            ],
          },
        },
      },
    },
  },
})
