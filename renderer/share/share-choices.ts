import type { ThemeName } from '../../src/core/scene/scene.ts'

/** What the share dialog asks for. */
export interface ShareChoices {
  readonly what: 'view' | 'finding' | 'selection'
  readonly scale: 1 | 2 | 3
  readonly theme: ThemeName
  readonly title: string
  readonly caption: boolean
  readonly legend: boolean
  readonly notes: boolean
  readonly redact: boolean
  readonly embed: 'none' | 'view' | 'slice'
}
