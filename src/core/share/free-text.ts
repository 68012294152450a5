/**
 * Free text under a pseudonym, with the words that detectors conclude from: they name a kind of failure or a state of
 * any program, nobody and nothing. Without them a redacted trace would show fewer findings than the one it was made of.
 *
 *     client c left: no heartbeat for 400 ms   →   #12 no heartbeat
 */

/** Values that say nothing but a state or a small count: `null`, `busy`, `12`. */
const STATE =
  /^(?:\d{1,2}|true|false|yes|no|on|off|null|undefined|none|nil|miss|expired|absent|stale|empty|idle|free|busy|locked|unlocked|running|connecting|refreshing|\[object Promise\]|Promise \{ <pending> \})$/i

/** What is kept of a message: the groups, not what stands between them. */
const KEPT: readonly RegExp[] = [
  /\b(no|missed|lost|late|without)\b.{0,20}\b(heartbeats?|pings?|pongs?|keep-?alives?)\b/i,
  /\b(heartbeats?|pings?|pongs?|keep-?alives?)\b.{0,20}\b(timed? ?out|timeout|missed|lost|expired)\b/i,
  /(unhandled|never retrieved|was destroyed but it is pending)/i,
  /(coroutine '[\w.<>]+' was never awaited)/,
  /\b(unique|duplicate|constraint|already|conflict|serializ\w*|deadlock|stale|version mismatch|23505|23P01|40001|EEXIST|IntegrityError)\b/i,
]

export function redactFreeText(text: string, pseudonymOf: (text: string) => string): string {
  if (STATE.test(text)) return text
  const kept = KEPT.flatMap(pattern => pattern.exec(text)?.slice(1) ?? [])
  return [pseudonymOf(text), ...kept].join(' ')
}
