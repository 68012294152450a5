/** A file of this name beside a trace, or opened with it, is its config. */
export const configName = 'interleave.config.json'

export const isConfig = ({ name }: { readonly name: string }): boolean =>
  name.split(/[/\\]/).at(-1) === configName

/** Code of the import issue that tells of a mistake in one. */
export const configMistake = 'config-mistake'
