/** A report before it is Markdown or HTML: blocks of text that know what they are. Text is plain; writers escape it. */
export type Inline = string | { readonly code: string } | { readonly strong: string }

/** One piece, or several in a row. */
export type Text = Inline | readonly Inline[]

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3 | 4; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'todos'; readonly items: readonly { readonly text: Text; readonly done: boolean }[] }
  | {
      readonly kind: 'table'
      /** Empty for a table of facts: its first column names them. */
      readonly head: readonly string[]
      readonly rows: readonly (readonly Text[])[]
    }
  /** A picture of a finding, by its id. */
  | { readonly kind: 'picture'; readonly finding: string; readonly alt: string }
  /** What a person wrote, in Markdown. Foreign: writers render it without markup of its own. */
  | { readonly kind: 'markdown'; readonly by: string; readonly text: string }

export interface ReportDocument {
  readonly title: string
  readonly subtitle: string
  readonly blocks: readonly Block[]
}

export const heading = (level: 2 | 3 | 4, text: string): Block => ({ kind: 'heading', level, text })
export const paragraph = (...text: Inline[]): Block => ({ kind: 'paragraph', text })
export const list = (items: readonly Text[]): Block[] => (items.length > 0 ? [{ kind: 'list', items }] : [])
export const table = (head: readonly string[], rows: readonly (readonly Text[])[]): Block[] =>
  rows.length > 0 ? [{ kind: 'table', head, rows }] : []

export const code = (text: string): Inline => ({ code: text })
export const strong = (text: string): Inline => ({ strong: text })
export const inlines = (text: Text): readonly Inline[] => (Array.isArray(text) ? text : [text as Inline])
