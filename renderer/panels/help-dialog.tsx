import './help-dialog.css'
import type { Binding } from '../state/key-map.ts'
import { bindingsOf, keyPresets } from '../state/key-presets.ts'
import { useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'

const sections: readonly Binding['section'][] = ['Move', 'Select', 'Replay', 'Annotate', 'App']

const mouse: readonly (readonly [string, string])[] = [
  ['Shift wheel', 'pan'],
  ['Shift drag, middle drag', 'pan'],
  ['Drag on lanes', 'select time × lanes'],
  ['Double click', 'select and zoom'],
  ['Click or drag on the ruler', 'put the playhead'],
  ['Click a lane name', 'collapse or expand; with Alt, pin on top'],
  ['Click a lane’s triangle', 'open it into its child tasks and deeper spans, or close it'],
  ['Click a block of many', 'select its area'],
]

export function HelpDialog() {
  const preset = useApps(
    ({ settings }) => settings,
    state => state.keyPreset,
  )
  const zooms = keyPresets[preset].wheel === 'zoom'
  const wheel = [
    [zooms ? 'Ctrl wheel' : 'Wheel', 'scroll lanes'],
    [zooms ? 'Wheel, pinch' : 'Ctrl wheel, pinch', 'zoom at the cursor'],
  ] as const
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
            {[...wheel, ...mouse].map(([gesture, does]) => (
              <div key={gesture}>
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
