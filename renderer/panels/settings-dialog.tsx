import './settings-dialog.css'
import { type KeyPresetId, keyPresetIds, keyPresets } from '../state/key-presets.ts'
import type { Settings, ThemeChoice, TimeDisplay } from '../state/settings.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { LimitsForm } from './limits-form.tsx'

interface Choice<Value> {
  readonly value: Value
  readonly label: string
  readonly about?: string
}

const themes: readonly Choice<ThemeChoice>[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const displays: readonly Choice<TimeDisplay>[] = [
  { value: 'relative', label: 'From the start' },
  { value: 'utc', label: 'UTC' },
  { value: 'local', label: 'Local' },
]

const presets: readonly Choice<KeyPresetId>[] = keyPresetIds.map(value => ({
  value,
  label: keyPresets[value].label,
  about: keyPresets[value].about,
}))

/** How the app looks and is steered, and at which limits the open trace is judged. */
export function SettingsDialog() {
  const trace = useApps(
    ({ trace }) => trace,
    state => state.trace,
  )
  return (
    <Dialog title="Settings" className="report settings">
      <div className="report-body scroll">
        <div className="settings-pair">
          <Choices name="theme" title="Theme" choices={themes} />
          <Choices name="timeDisplay" title="Times" choices={displays} />
        </div>
        <Choices name="keyPreset" title="Keys and wheel as in" choices={presets} />
        {trace && <LimitsForm key={trace.session.store.fingerprint} />}
      </div>
    </Dialog>
  )
}

function Choices<Name extends 'theme' | 'timeDisplay' | 'keyPreset'>({
  name,
  title,
  choices,
}: {
  readonly name: Name
  readonly title: string
  readonly choices: readonly Choice<Settings[Name]>[]
}) {
  const app = useApp()
  const chosen = useApps(
    ({ settings }) => settings,
    state => state[name],
  )
  return (
    <fieldset className="settings-choices">
      <legend>{title}</legend>
      {choices.map(({ value, label, about }) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            onChange={() => app.settings.setState({ [name]: value })}
          />
          <span>
            {label}
            {about && <small>{about}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
