import { describe, expect, it } from 'vitest'
import { createSettings, defaultSettings } from '../../renderer/state/settings.ts'

function storageOf(text: string | null) {
  let stored = text
  return {
    getItem: () => stored,
    setItem: (_: string, value: string) => {
      stored = value
    },
    read: () => JSON.parse(stored ?? 'null'),
  }
}

describe('settings', () => {
  it('come back', () => {
    const storage = storageOf(null)
    createSettings(storage).setState({ theme: 'dark', gutterPx: 300, layouts: { columns: { left: 20 } } })
    const again = createSettings(storage).getState()
    expect(again).toEqual({
      ...defaultSettings,
      theme: 'dark',
      gutterPx: 300,
      layouts: { columns: { left: 20 } },
    })
  })

  it.each(['not json', '7', '{"theme":"pink","gutterPx":"wide","speed":3,"layouts":{"a":{"b":"c"}}}'])(
    'forget what is broken: %s',
    text => {
      expect(createSettings(storageOf(text)).getState()).toEqual(defaultSettings)
    },
  )

  it('work without a storage that works', () => {
    const settings = createSettings({
      getItem: () => null,
      setItem: () => {
        throw new Error('quota')
      },
    })
    settings.setState({ theme: 'light' })
    expect(settings.getState().theme).toBe('light')
  })
})
