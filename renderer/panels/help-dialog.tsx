import './help-dialog.css'
import { gesturesOf } from '../state/gestures.ts'
import type { Binding } from '../state/key-map.ts'
import { bindingsOf, keyPresets } from '../state/key-presets.ts'
import { useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'

const sections: readonly Binding['section'][] = ['Move', 'Select', 'Replay', 'Annotate', 'App']

export function HelpDialog() {
  const preset = useApps(
    ({ settings }) => settings,
    state => state.keyPreset,
  )
  return (
    <Dialog title="Keys and mouse" className="help">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <div className="help-body scroll" tabIndex={0}>
        {sections.map(section => (
          <section key={section}>
            <h3 className="overline">{section}</h3>
            <dl>
              {bindingsOf(preset)
                .filter(binding => binding.section === section && binding.keys.length > 0)
                .map(({ id, title, keys }) => (
                  <div key={id}>
                    <dt>
                      {keys.map(key => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{title}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3 className="overline">Mouse</h3>
          <dl>
            {gesturesOf(keyPresets[preset].wheel).map(({ id, gesture, does }) => (
              <div key={id}>
                <dt className="gesture">{gesture}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}
