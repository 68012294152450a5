import './help-dialog.css'
import { type Binding, bindings } from '../state/key-map.ts'
import { Dialog } from '../widgets/dialog.tsx'

const sections: readonly Binding['section'][] = ['Move', 'Select', 'Replay', 'Annotate', 'App']

const mouse: readonly (readonly [string, string])[] = [
  ['Wheel', 'scroll lanes'],
  ['Ctrl wheel, pinch', 'zoom at the cursor'],
  ['Shift wheel', 'pan'],
  ['Shift drag, middle drag', 'pan'],
  ['Drag on lanes', 'select time × lanes'],
  ['Double click', 'select and zoom'],
  ['Click or drag on the ruler', 'put the playhead'],
  ['Click a lane name', 'collapse or expand; with Alt, pin on top'],
  ['Click a block of many', 'select its area'],
]

export const HelpDialog = () => (
  <Dialog title="Keys and mouse" className="help">
    <div className="help-body scroll">
      {sections.map(section => (
        <section key={section}>
          <h3 className="overline">{section}</h3>
          <dl>
            {bindings
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
          {mouse.map(([gesture, does]) => (
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
