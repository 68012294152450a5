import type { ItemKind } from '../lanes/lane.ts'

/** Roles as queries call them, and the kinds of lane items they stand for. */
export const roles: ReadonlyMap<string, readonly ItemKind[]> = new Map<string, readonly ItemKind[]>([
  ['task', ['task']],
  ['run', ['slice']],
  ['await', ['await']],
  ['wait', ['wait']],
  ['hold', ['hold']],
  ['queued', ['queued']],
  ['access', ['access']],
  ['stall', ['stall']],
  ['span', ['span']],
  ['timer', ['timer']],
  ['mark', ['mark']],
])
