import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const pollMs = 100
/** Nobody breaks a lock for longer than it takes to delete a folder. */
const breakingMs = 10_000

/**
 * Runs `work` while holding the lock folder at `path`; waits while another live process holds it. The folder appears
 * by one rename with its owner's pid already inside, so a lock without an owner cannot be seen. A lock whose owner
 * died is broken.
 *
 * @template T
 * @param {string} path
 * @param {(line: string) => void} say
 * @param {() => T} work
 * @returns {Promise<T>}
 */
export async function withLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!take(path)) {
    const owner = ownerOf(path)
    if (owner !== null && !alive(owner)) breakLock(path, owner)
    else if (owner !== null && !told) {
      say(`waiting for process ${owner}, which is installing or building …`)
      told = true
    }
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
  try {
    return work()
  } finally {
    remove(path)
  }
}

/** Moved aside first: while a folder is being emptied, somebody else's could be renamed onto it. */
function remove(path) {
  const gone = `${path}.gone-${process.pid}`
  try {
    renameSync(path, gone)
  } catch {
    return
  }
  rmSync(gone, { recursive: true, force: true })
}

function take(path) {
  const mine = `${path}.${process.pid}`
  rmSync(mine, { recursive: true, force: true })
  mkdirSync(mine)
  writeFileSync(`${mine}/pid`, String(process.pid))
  try {
    renameSync(mine, path)
    return true
  } catch {
    // Somebody else's folder is there: a folder cannot be renamed onto one that is not empty.
    rmSync(mine, { recursive: true, force: true })
    return false
  }
}

/** Pid of the owner, null when the lock has just gone. */
function ownerOf(path) {
  try {
    return Number(readFileSync(`${path}/pid`, 'utf8'))
  } catch {
    return null
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two waiters may find the same dead owner; the second must not remove the first one's new lock. */
function breakLock(path, deadOwner) {
  const breaking = `${path}.breaking`
  try {
    mkdirSync(breaking)
  } catch {
    try {
      if (Date.now() - statSync(breaking).mtimeMs > breakingMs) rmdirSync(breaking)
    } catch {
      // Gone already.
    }
    return
  }
  try {
    if (ownerOf(path) === deadOwner) remove(path)
  } finally {
    rmdirSync(breaking)
  }
}
