import { chooseByArrows } from './choose-by-arrows.ts'

interface SegmentsProps<Value extends string | number> {
  readonly label: string
  readonly value: Value
  readonly options: readonly Segment<Value>[]
  readonly onChange: (value: Value) => void
}

export interface Segment<Value extends string | number> {
  readonly value: Value
  readonly label: string
  readonly title?: string
  readonly disabled?: boolean
}

/** One of a few, side by side. */
export function Segments<Value extends string | number>({
  label,
  value,
  options,
  onChange,
}: SegmentsProps<Value>) {
  const reached = options.find(option => option.value === value) ?? options[0]
  return (
    <div className="segments" role="radiogroup" aria-label={label} onKeyDown={chooseByArrows}>
      {options.map(option => (
        // biome-ignore lint/a11y/useSemanticElements: segments are buttons that look like one control
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option === reached ? 0 : -1}
          title={option.title}
          disabled={option.disabled ?? false}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
