import type { Finding } from '../../../src/core/detect/finding.ts'
import { announce, toast } from '../../actions/announce.ts'
import type { App } from '../../state/app.ts'
import { useApp } from '../../widgets/app-context.ts'
import { Icon } from '../../widgets/icon.tsx'

/** The finding for an issue, or for an assistant that has the code. The writer is loaded when somebody copies. */
export function CopyFinding({ finding }: { readonly finding: Finding }) {
  const app = useApp()
  return (
    <div className="copy-finding">
      <button type="button" className="link" onClick={() => void copy(app, finding, 'markdown')}>
        <Icon name="copy" /> Copy as Markdown
      </button>
      <button
        type="button"
        className="link"
        title="As a question to an assistant that has your source code"
        onClick={() => void copy(app, finding, 'prompt')}
      >
        <Icon name="copy" /> Copy as prompt
      </button>
    </div>
  )
}

async function copy(app: App, finding: Finding, form: 'markdown' | 'prompt'): Promise<void> {
  try {
    const [{ findingMarkdown, findingPrompt }, { reportInput }, { sharedNow }] = await Promise.all([
      import('../../../src/core/report/finding-text.ts'),
      import('../../share/share-report.ts'),
      import('../../share/share-picture.ts'),
    ])
    const input = reportInput(app, sharedNow(app), '')
    const text = form === 'markdown' ? findingMarkdown(input, finding) : findingPrompt(input, finding)
    await app.pending.track(navigator.clipboard.writeText(text))
    announce(app, 'Copied')
    toast(app, form === 'markdown' ? 'Finding copied as Markdown' : 'Finding copied as a prompt')
  } catch (error) {
    toast(app, `Could not be copied: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}
