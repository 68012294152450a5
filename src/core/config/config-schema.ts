/** What a config's text must look like. Apart from `config.ts`: the library is large, and most traces come without a config. */
import { z } from 'zod'
import { type UserRule, userRoles } from '../convention/user-rule.ts'
import { detectors } from '../detect/registry.ts'
import { defaultThresholds, type ThresholdName } from '../detect/thresholds.ts'

const text = z.string().trim().min(1, 'must not be empty').max(500)

const ruleSchema = z.strictObject({
  match: z
    .strictObject({
      service: text.optional(),
      name: text.optional(),
      scope: text.optional(),
      attributes: z.record(text, text).optional(),
    })
    .refine(match => Object.keys(match).length > 0, 'must name service, name, scope or attributes'),
  role: z.enum(userRoles),
  resource: text.optional(),
  type: text.optional(),
  capacity: z.int().positive().optional(),
}) satisfies z.ZodType<UserRule>

export const configSchema = z.strictObject({
  version: z.literal(1).default(1),
  thresholds: z
    .partialRecord(z.enum(Object.keys(defaultThresholds) as ThresholdName[]), z.number().nonnegative())
    .default({}),
  allow: z
    .array(z.strictObject({ detector: z.enum(detectors.map(({ id }) => id)), site: text, reason: text }))
    .max(10_000)
    .default([]),
  rules: z.array(ruleSchema).max(1000).default([]),
})
