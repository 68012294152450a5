import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

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
    plugins: [react()],
    worker: { format: 'es' },
    // electron-vite leaves it off, because Electron reads from disk; in a browser tab size is time.
    build: {
      minify: true,
      // Asking for all chunks at once holds up the page; loaded as they are met, each is a task of its own.
      modulePreload: false,
      rollupOptions: { input: { index: at('renderer/index.html') } },
    },
  },
})
