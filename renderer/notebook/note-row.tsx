import type { CSSProperties, ReactNode } from 'react'
import { type Note, type NoteColor, noteColors } from '../../src/core/notebook/note.ts'
import { noteTones } from '../../src/core/scene/note-colors.ts'
import {
  colorNote,
  deleteEntry,
  editEntry,
  goToNote,
  hideNote,
  moveToSelection,
} from '../actions/edit-notes.ts'
import { useApp, useTheme } from '../widgets/app-context.ts'
import { IconButton } from '../widgets/icon-button.tsx'
import { EntryEditor, EntryText } from './entry-text.tsx'

interface NoteRowProps {
  readonly note: Note
  /** As the lanes and pictures count it. */
  readonly number: number
  readonly editing: boolean
  readonly place: ReactNode
  readonly lost: boolean
}

export function NoteRow({ note, number, editing, place, lost }: NoteRowProps) {
  const app = useApp()
  const theme = useTheme()
  const { edge, paper } = noteTones(theme, note.color)
  const tones = { '--note-edge': edge, '--note-paper': paper } as CSSProperties
  const classes = ['note', editing && 'editing', note.hidden && 'hidden-note'].filter(Boolean).join(' ')
  const when = note.createdAt.slice(0, 16).replace('T', ' ')
  return (
    <li className={classes} style={tones}>
      <div className="note-head">
        <span className="note-number" aria-hidden="true">
          {number}
        </span>
        {lost ? (
          <span className="note-place">{place}</span>
        ) : (
          <button
            type="button"
            className="note-place"
            title="Show in lanes"
            onClick={() => goToNote(app, note.id)}
          >
            {place}
          </button>
        )}
        <span className="note-kind">{note.kind}</span>
      </div>
      {editing ? (
        <EntryEditor text={note.text} label="Note text" placeholder="What is this? Markdown works." />
      ) : (
        <EntryText text={note.text} />
      )}
      <div className="note-foot">
        <span className="note-by">
          {[note.author, when].filter(Boolean).join(' · ')}
          {note.hidden && ' · hidden'}
        </span>
        <ColorPicker chosen={note.color} onChoose={color => colorNote(app, note.id, color)} />
        <RowButton icon="edit" label="Edit note" onClick={() => editEntry(app, note.id)} />
        <RowButton
          icon="move"
          label="Move note to the selection"
          onClick={() => moveToSelection(app, note.id)}
        />
        <RowButton
          icon={note.hidden ? 'veil' : 'eye'}
          label={note.hidden ? 'Show note' : 'Hide note'}
          onClick={() => hideNote(app, note.id, !note.hidden)}
        />
        <RowButton icon="trash" label="Delete note" onClick={() => deleteEntry(app, note.id)} />
      </div>
    </li>
  )
}

interface RowButtonProps {
  readonly icon: 'edit' | 'move' | 'eye' | 'veil' | 'trash'
  readonly label: string
  readonly onClick: () => void
}

/** `mousedown` would blur the text box and end its edit before the click arrives. */
const RowButton = ({ icon, label, onClick }: RowButtonProps) => (
  <IconButton
    icon={icon}
    tiny
    label={label}
    title={label}
    onMouseDown={event => event.preventDefault()}
    onClick={onClick}
  />
)

interface ColorPickerProps {
  readonly chosen: NoteColor
  readonly onChoose: (color: NoteColor) => void
}

/** One stop for Tab; the colour in use shows, the others come out when it is pointed at or focused. */
function ColorPicker({ chosen, onChoose }: ColorPickerProps) {
  const theme = useTheme()
  return (
    <select
      className="note-color"
      aria-label="Colour of the note"
      title="Colour"
      value={chosen}
      style={{ backgroundColor: noteTones(theme, chosen).edge }}
      onChange={event => onChoose(event.target.value as NoteColor)}
    >
      {noteColors.map(color => (
        <option key={color} value={color}>
          {color}
        </option>
      ))}
    </select>
  )
}
