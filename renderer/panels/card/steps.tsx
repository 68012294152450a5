import type { Session } from '../../../src/core/scene/scene.ts'
import { putPlayhead } from '../../actions/playback.ts'
import { goToItem } from '../../actions/select.ts'
import type { App } from '../../state/app.ts'
import { itemOfRow } from '../../state/lookup.ts'
import { useApp } from '../../widgets/app-context.ts'
import { duration } from '../../widgets/format.ts'
import { TaskName } from '../../widgets/task-name.tsx'
import { type CardProps, Part, When } from './part.tsx'

/** The interleaving, step by step; a step's number stands in the picture and in the lanes as well. */
export function Steps({ session, finding }: CardProps) {
  const app = useApp()
  const first = finding.steps[0]
  if (!first) return null
  return (
    <Part title="What happened">
      <ol className="steps">
        {finding.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          <li key={index}>
            <button type="button" onClick={() => showStep(app, session, step.atNs, step.row)}>
              <span className="step-event">
                {step.event} {step.value && <span>{step.value}</span>}
              </span>
              <span className="step-where">
                {step.task >= 0 && <TaskName session={session} task={step.task} />}
                <span className="step-time">
                  {index === 0 ? (
                    <>
                      at <When session={session} ns={step.atNs} stepNs={1e5} />
                    </>
                  ) : (
                    `${duration(step.atNs - first.atNs)} after step 1`
                  )}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Part>
  )
}

function showStep(app: App, session: Session, atNs: number, row: number): void {
  const ref = itemOfRow(session, row)
  const { finding } = app.selection.getState()
  if (ref) goToItem(app, ref)
  app.selection.setState({ finding, inspect: 'finding' })
  putPlayhead(app, atNs)
}
