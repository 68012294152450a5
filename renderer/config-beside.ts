/** The text of the config that lies beside a file of the host, `{}` where there is none; null when the file is gone. */
export async function configBeside(fileUrl: string): Promise<string | null> {
  const url = new URL(fileUrl)
  url.pathname += '/config'
  const response = await fetch(url)
  return response.ok ? response.text() : null
}
