/**
 * One seed for all property tests, so that a run of the suite is the same everywhere. `INTERLEAVE_SEED=random` (or a
 * number) looks further.
 */
import fc from 'fast-check'

const wanted = process.env.INTERLEAVE_SEED ?? '20261121'
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
