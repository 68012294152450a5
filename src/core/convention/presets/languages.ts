/** What no ordinary span of a runtime tells, whichever libraries are instrumented. Data only. */
import type { Gap } from './preset.ts'

export const languageGaps: readonly { readonly language: RegExp; readonly gaps: readonly Gap[] }[] = [
  {
    language: /^nodejs$/,
    gaps: [
      {
        of: 'stalls',
        unseen: 'spans of Node do not show what the event loop did',
        add: 'start with node --import interleave/recorder/auto',
      },
      {
        of: 'accesses',
        unseen: 'queries show that a row was read or written, not which value',
        add: "tell the state with the recorder: state('row:jobs/7').read(value)",
      },
    ],
  },
  {
    language: /^python$/,
    gaps: [
      {
        of: 'accesses',
        unseen: 'queries show that a row was read or written, not which value',
        add: 'tell the state with the recorder for asyncio',
      },
    ],
  },
  {
    language: /^(go|java|dotnet|rust|cpp|php|ruby|erlang)$/,
    gaps: [
      {
        of: 'accesses',
        unseen: 'spans show neither locks nor shared values',
        add: 'make spans around critical sections and say what they are in interleave.config.json',
      },
    ],
  },
]
