import { currentName, currentValue, specOf } from '../../src/core/convention/attributes/schema.ts'
import {
  type AttributeValue,
  attributesOf,
  type Store,
  type WithAttributes,
} from '../../src/core/store/store.ts'
import { quantity } from '../widgets/format.ts'

interface AttributeTableProps {
  readonly store: Store
  /** Spans or records. */
  readonly table: WithAttributes
  readonly row: number
  /** Of a span of a server: some old names mean another attribute there. */
  readonly isServer: boolean
}

/** A row's attributes: what they are, what they are called now, and how the file called them where that differs. */
export function AttributeTable({ store, table, row, isServer }: AttributeTableProps) {
  const attributes = attributesOf(store, table, row)
  if (attributes.length === 0) return null
  return (
    <section className="card-part" aria-label="Attributes">
      <h3 className="overline">Attributes</h3>
      <table className="attributes" aria-label="Attributes">
        <tbody>
          {attributes.map(([recorded, value], index) => {
            const name = currentName(recorded, isServer)
            const text = valueText(name, value)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: files may repeat keys
              <tr key={index}>
                <th scope="row">
                  <Label of={name} />
                  <span>{name}</span>
                  {name !== recorded && <span className="attribute-recorded">recorded as {recorded}</span>}
                </th>
                <td title={text === String(value) ? undefined : `recorded as ${clip(String(value))}`}>
                  {text}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function Label({ of }: { readonly of: string }) {
  const label = specOf(of)?.label
  return label === undefined ? null : <span className="attribute-label">{label}</span>
}

function valueText(name: string, value: AttributeValue): string {
  const unit = specOf(name)?.unit ?? ''
  if (unit !== '' && typeof value === 'number') return quantity(value, unit)
  return clip(String(currentValue(name, value)))
}

/** Attributes can be megabytes; the page shows what a person reads. */
const clip = (text: string): string =>
  text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length} characters)` : text
