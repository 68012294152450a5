/**
 * Steps that may hang, in a browser above all: each has a limit and a name, so that one that does is told in a line and the
 * rest goes on.
 */
export async function step<Result>(name: string, seconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: not done after ${seconds} s`)), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    throw new Error(line.startsWith(name) ? line : `${name}: ${line}`)
  } finally {
    clearTimeout(timer)
  }
}
