import { useEffect, useState } from 'react'
import { openDialog } from '../actions/open-dialog.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Icon } from '../widgets/icon.tsx'
import { IconButton } from '../widgets/icon-button.tsx'

/** What could not be opened, and why, above an app that goes on working. */
export function ProblemPanel() {
  const app = useApp()
  const problem = useApps(
    ({ trace }) => trace,
    state => state.problem,
  )
  if (!problem) return null
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div className="problem-text">
        <strong>{problem.title}</strong>
        <p className="mono">{problem.message}</p>
        {problem.picture && <Picture blob={problem.picture} />}
      </div>
      <button type="button" className="button small" onClick={() => void openDialog(app, false)}>
        Open another
      </button>
      <IconButton icon="close" label="Dismiss" onClick={() => app.trace.setState({ problem: null })} />
    </div>
  )
}

function Picture({ blob }: { readonly blob: Blob }) {
  const [url, setUrl] = useState('')
  const [damaged, setDamaged] = useState(false)
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    setDamaged(false)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  if (damaged) return <p>The picture itself cannot be shown either.</p>
  return (
    url && (
      <img className="problem-picture" src={url} alt="As it was given" onError={() => setDamaged(true)} />
    )
  )
}
