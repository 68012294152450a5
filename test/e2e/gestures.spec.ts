/** Every key and mouse gesture of the help overlay, and the view each one leads to. No pixels, no sleeps: the idle hook tells. */
import { defaultSettings } from '../../renderer/state/settings.ts'
import { type App, expect, idle, incident, test, type View, viewOf } from './app.ts'
import { drives } from './drives.ts'

const length = (view: View): number => view.endNs - view.startNs

/** The view before and after something was done. */
async function after(app: App, act: () => Promise<unknown>): Promise<{ before: View; now: View }> {
  const before = await viewOf(app.page)
  await act()
  await app.idle()
  return { before, now: await viewOf(app.page) }
}

test.use({ options: { files: [incident('frozen-app')] }, contextOptions: { reducedMotion: 'reduce' } })

test('keys', async ({ app }) => {
  const { page } = app
  const press = (key: string) => after(app, () => page.keyboard.press(key))

  await test.step('W and S zoom, A and D pan, 0 fits all', async () => {
    drives('zoom-in', 'zoom-out', 'pan-left', 'pan-right', 'fit-all')
    const zoomedIn = await press('w')
    expect(length(zoomedIn.now)).toBeLessThan(length(zoomedIn.before))
    const panned = await press('d')
    expect(panned.now.startNs).toBeGreaterThan(panned.before.startNs)
    expect(length(panned.now)).toBeCloseTo(length(panned.before), -3)
    expect((await press('a')).now.startNs).toBeCloseTo(panned.before.startNs, -3)
    const zoomedOut = await press('s')
    expect(length(zoomedOut.now)).toBeGreaterThan(length(zoomedOut.before))
    const all = await press('0')
    expect(all.now.startNs).toBeLessThanOrEqual(0)
  })

  await test.step('a held key goes on moving until it is let go', async () => {
    await page.keyboard.down('w')
    const one = length(await viewOf(page))
    await expect.poll(async () => length(await viewOf(page))).toBeLessThan(one * 0.5)
    await page.keyboard.up('w')
    await app.idle()
    await press('0')
  })

  await test.step('N and Shift+N go round the findings, Alt+← comes back', async () => {
    drives('next-finding', 'previous-finding', 'back', 'forward')
    const next = await press('n')
    expect(next.now.finding).not.toBe(next.before.finding)
    expect(length(next.now)).toBeLessThan(length(next.before))
    const back = await press('Alt+ArrowLeft')
    expect(back.now.finding).toBe(next.before.finding)
    expect(back.now.startNs).toBeCloseTo(next.before.startNs, 0)
    expect((await press('Alt+ArrowRight')).now.finding).toBe(next.now.finding)
    expect((await press('Shift+N')).now.finding).toBe(next.before.finding)
  })

  await test.step('V shows only lanes of the finding', async () => {
    drives('only-involved')
    const only = await press('v')
    expect(only.now.lanes.length).toBeLessThan(only.before.lanes.length)
    expect((await press('v')).now.lanes).toEqual(only.before.lanes)
  })

  await test.step('. and , step in a lane, arrows change lanes', async () => {
    drives('next-item', 'previous-item', 'lane-up', 'lane-down')
    const first = (await press('.')).now.selected
    expect(first).not.toBeNull()
    expect((await press('.')).now.selected).toEqual({ ...first, item: first!.item + 1 })
    expect((await press(',')).now.selected).toEqual(first)
    const below = (await press('ArrowDown')).now.selected
    expect(below?.lane).not.toBe(first!.lane)
    expect((await press('ArrowUp')).now.selected?.lane).toBe(first!.lane)
  })

  await test.step('F centres, then fits; Z zooms', async () => {
    drives('focus', 'zoom-range')
    await press('0')
    await press('f')
    const fitted = await press('f')
    expect(length(fitted.now)).toBeLessThan(length(fitted.before))
    await press('0')
    const zoomed = await press('z')
    expect(length(zoomed.now)).toBeLessThan(length(zoomed.before))
  })

  await test.step('] goes from a waiter to its holder, [ back to a waiter', async () => {
    drives('to-holder', 'to-waiter')
    await page.keyboard.press('/')
    await page.keyboard.type('role:wait dur>2s')
    await app.idle()
    await page.keyboard.press('Enter')
    await app.idle()
    await page.keyboard.press('Escape')
    await app.idle()
    const waiter = (await viewOf(page)).selected
    expect(waiter).not.toBeNull()
    const held = await press(']')
    expect(held.now.selected?.lane).toBe('resource:db-pool')
    const waits = await press('[')
    expect(waits.now.selected).not.toEqual(held.now.selected)
  })

  await test.step('K leads along the critical path, to who held meanwhile, and away again', async () => {
    drives('critical-path')
    await press('k')
    const path = page.getByRole('region', { name: 'Critical path' })
    const holder = path.getByRole('button', { name: /holds db-pool/ }).first()
    await expect(holder).toContainText('auth.ts:21')
    const led = await after(app, () => holder.click())
    expect(led.now.selected).not.toEqual(led.before.selected)
    await path.getByRole('button', { name: 'Hide the critical path' }).click()
    await expect(path).toBeHidden()
  })

  await test.step('P pins the lane on top', async () => {
    drives('pin-lane')
    const pinned = await press('p')
    expect(pinned.now.lanes[0]).toBe(pinned.now.selected?.lane)
    expect((await press('p')).now.lanes).toEqual(pinned.before.lanes)
  })

  await test.step('Space plays and pauses, Shift+arrows step', async () => {
    drives('play', 'step-forward', 'step-back')
    const first = (await press('Shift+ArrowLeft')).now.playheadNs
    expect((await press('Shift+ArrowRight')).now.playheadNs).toBeGreaterThan(first)
    expect((await press('Shift+ArrowLeft')).now.playheadNs).toBe(first)
    await page.getByRole('combobox', { name: 'Playback speed' }).selectOption('0.1')
    await page.locator('.lanes-canvas').focus()
    await page.keyboard.press('Space')
    const { playheadNs } = await viewOf(page)
    await expect.poll(async () => (await viewOf(page)).playheadNs).toBeGreaterThan(playheadNs)
    await page.keyboard.press('Space')
    await app.idle()
    expect((await viewOf(page)).playing).toBe(false)
  })

  await test.step('M marks for now, Esc clears innermost first', async () => {
    drives('mark', 'keep-mark', 'delete', 'undo', 'escape')
    expect((await press('m')).now.range).not.toBeNull()
    expect((await press('Escape')).now.selected).toBeNull()
    expect((await press('Escape')).now.range).toBeNull()
    const notes = page.getByRole('region', { name: 'Notebook' }).getByRole('listitem')
    await press('.')
    await press('m')
    await press('Shift+M')
    await expect(notes).toHaveCount(1)
    await press('Escape')
    await press('Delete')
    await expect(notes).toHaveCount(0)
    await press('Control+z')
    await expect(notes).toHaveCount(1)
    await press('Control+z')
    await expect(notes).toHaveCount(0)
    await press('Escape')
  })

  await test.step('Ctrl+P jumps to a lane, Ctrl+Shift+P runs a command, ? helps', async () => {
    drives('lanes', 'palette', 'help')
    await page.keyboard.press('Control+p')
    await page.keyboard.type('thread-pool')
    await page.keyboard.press('Enter')
    await app.idle()
    await expect(page.getByRole('dialog')).toBeHidden()
    await press('w')
    await page.keyboard.press('Control+Shift+p')
    await page.keyboard.type('Fit the whole')
    const all = await press('Enter')
    expect(length(all.now)).toBeGreaterThan(length(all.before))
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keys and mouse' })).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('Q and Ctrl+B fold the side panes', async () => {
    drives('left-pane', 'right-pane')
    await expect(page.getByRole('region', { name: 'Inspector' })).toBeInViewport()
    await page.keyboard.press('q')
    await expect(page.getByRole('button', { name: 'Inspector and state' })).toHaveAttribute(
      'aria-pressed',
      'false',
    )
    await page.keyboard.press('q')
    await page.keyboard.press('Control+b')
    await expect(page.getByRole('button', { name: 'Findings and notebook' })).toHaveAttribute(
      'aria-pressed',
      'false',
    )
    await page.keyboard.press('Control+b')
    await app.idle()
  })
})

test('search by keyboard: dim, complete, hide lanes, step, restore', async ({ app }) => {
  drives('search')
  const { page } = app
  const box = page.getByRole('combobox', { name: 'Search' })
  const all = (await viewOf(page)).lanes.length
  await page.keyboard.press('Control+f')
  await expect(box).toBeFocused()
  await page.keyboard.type('role:ho')
  await expect(page.getByRole('option', { name: /hold/ })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(box).toHaveValue('role:hold ')
  await page.keyboard.type('dur>1s')
  await app.idle()
  await expect(page.getByRole('status', { name: 'Matches' })).toHaveText('10 matches')
  const hidden = await after(app, () => page.keyboard.press('Enter'))
  expect(hidden.now.lanes).toEqual(['resource:db-pool'])
  expect(hidden.now.selected?.lane).toBe('resource:db-pool')
  await expect(page.getByRole('contentinfo')).toContainText(`1 of ${all} lanes`)
  const next = await after(app, () => page.keyboard.press('Enter'))
  expect(next.now.selected).not.toEqual(hidden.now.selected)
  await expect(page.getByRole('status', { name: 'Matches' })).toHaveText('2 of 10')
  expect((await after(app, () => page.keyboard.press('Shift+Enter'))).now.selected).toEqual(
    hidden.now.selected,
  )
  expect((await after(app, () => page.keyboard.press('Escape'))).now.lanes).toHaveLength(all)
  await page.keyboard.press('/')
  await page.keyboard.type('dur>1x')
  await expect(page.getByText('“1x” is no duration')).toBeVisible()
  await page.keyboard.press('Escape')
})

test('mouse', async ({ app }) => {
  const { page } = app
  const canvas = page.locator('.lanes-canvas')
  const box = (await canvas.boundingBox())!
  const at = (x: number, y: number): [number, number] => [box.x + x, box.y + y]
  const drag = async (from: [number, number], to: [number, number]) => {
    await page.mouse.move(...from)
    await page.mouse.down()
    await page.mouse.move(...to, { steps: 6 })
    await page.mouse.up()
  }
  const wheel = async (x: number, y: number, keys: readonly string[] = []) => {
    for (const key of keys) await page.keyboard.down(key)
    await page.mouse.wheel(x, y)
    // A wheel event is on its way when the call returns: two frames later the page has had it.
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
    for (const key of keys) await page.keyboard.up(key)
  }

  await test.step('a pinch of the touchpad zooms where the fingers are, however small its steps', async () => {
    drives('wheel-zoom')
    await page.mouse.move(...at(500, 300))
    const { gutterPx } = defaultSettings
    const instantAt = (view: View): number =>
      view.startNs + (length(view) * (500 - gutterPx)) / (box.width - gutterPx)
    const pinched = await after(app, async () => {
      for (let small = 0; small < 12; small++) await wheel(0, -4, ['Control'])
    })
    expect(length(pinched.now)).toBeLessThan(length(pinched.before) * 0.9)
    expect(length(pinched.now)).toBeGreaterThan(length(pinched.before) * 0.3)
    expect(instantAt(pinched.now) / instantAt(pinched.before)).toBeCloseTo(1, 2)
    const spread = await after(app, () => wheel(0, 30, ['Control']))
    expect(length(spread.now)).toBeGreaterThan(length(spread.before))
    await page.keyboard.press('0')
    await app.idle()
  })

  await test.step('pointing tells the whole name and the numbers, and what stands for many', async () => {
    drives('hover')
    await page.mouse.move(...at(400, 180))
    const tooltip = page.locator('.tooltip')
    await expect(tooltip).toContainText('holds db-pool')
    await expect(tooltip).toContainText(/Hold|Wait/)
    await page.mouse.move(...at(60, 132))
    await expect(tooltip).toContainText('db-pool')
    await expect(tooltip).toContainText('click collapses')
    await page.mouse.move(...at(500, -20))
    await expect(tooltip).toBeHidden()
  })

  await test.step('the wheel scrolls, with Ctrl it zooms at the pointer, with Shift it pans', async () => {
    drives('wheel-scroll', 'wheel-zoom', 'wheel-pan')
    await page.mouse.move(...at(400, 300))
    const scrolled = await after(app, () => wheel(0, 200))
    expect(scrolled.now.scrollPx).toBeGreaterThan(0)
    expect(length(scrolled.now)).toBe(length(scrolled.before))
    await after(app, () => wheel(0, -400))
    const zoomed = await after(app, () => wheel(0, -300, ['Control']))
    expect(length(zoomed.now)).toBeLessThan(length(zoomed.before))
    const panned = await after(app, () => wheel(0, 120, ['Shift']))
    expect(panned.now.startNs).toBeGreaterThan(panned.before.startNs)
    await page.keyboard.press('0')
    await app.idle()
  })

  await test.step('a click selects, a double click zooms, a click beside it clears', async () => {
    drives('click-item', 'double-click')
    const clicked = await after(app, () => page.mouse.click(...at(400, 180)))
    expect(clicked.now.selected?.lane).toBe('resource:db-pool')
    const zoomed = await after(app, () => page.mouse.dblclick(...at(400, 180)))
    expect(length(zoomed.now)).toBeLessThan(length(zoomed.before))
    await page.keyboard.press('0')
    await app.idle()
    const cleared = await after(app, () => page.mouse.click(...at(535, 60)))
    expect(cleared.now.selected).toBeNull()
  })

  await test.step('a drag selects time × the lanes it covers; the tables lead back', async () => {
    drives('drag-area')
    const ranged = await after(app, () => drag(at(300, 150), at(450, 330)))
    expect(ranged.now.range?.lanes).toEqual(['resource:db-pool'])
    const card = page.getByRole('article', { name: 'Selected range' })
    await card.getByRole('tab', { name: /Waits/ }).click()
    const waits = card.getByRole('table', { name: 'Waits in the range' })
    await expect(waits).toContainText('timeout')
    await card.getByRole('tab', { name: /Blame/ }).click()
    await expect(card.getByRole('table', { name: 'Blame by site in the range' })).toContainText('auth.ts:21')
    await card.getByRole('tab', { name: /Holds/ }).click()
    const holds = card.getByRole('table', { name: 'Holds in the range' })
    const chosen = await after(app, () => holds.getByRole('row').nth(1).getByRole('button').click())
    expect(chosen.now.selected?.lane).toBe('resource:db-pool')
    expect(chosen.now.range).toEqual(ranged.now.range)
    await expect(holds.locator('[aria-current=true]')).toHaveCount(1)
    await holds.getByRole('button', { name: 'Whole' }).click()
    await expect(holds.getByRole('columnheader', { name: 'Whole' })).toHaveAttribute(
      'aria-sort',
      'descending',
    )
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })

  await test.step('an edge of the area is dragged', async () => {
    drives('drag-edge')
    await page.keyboard.press('0')
    await after(app, () => drag(at(300, 150), at(450, 330)))
    const moved = await after(app, () => drag(at(450, 250), at(480, 250)))
    expect(moved.now.range?.endNs).toBeGreaterThan(moved.before.range!.endNs)
    expect(moved.now.range?.lanes).toEqual(moved.before.range?.lanes)
    await page.keyboard.press('Escape')
  })

  await test.step('the ruler moves the playhead', async () => {
    drives('ruler')
    const scrubbed = await after(app, () => drag(at(300, 8), at(480, 8)))
    expect(scrubbed.now.playheadNs).toBeGreaterThan(0)
    expect(scrubbed.now.playheadNs).not.toBe(scrubbed.before.playheadNs)
  })

  await test.step('a lane name collapses, with Alt it pins', async () => {
    drives('lane-name')
    const collapsed = await after(app, () => page.mouse.click(...at(60, 132)))
    expect(collapsed.now.collapsed).toEqual(['resource:db-pool'])
    await after(app, () => page.mouse.click(...at(60, 132)))
    await page.keyboard.down('Alt')
    const pinned = await after(app, () => page.mouse.click(...at(60, 132)))
    await page.keyboard.up('Alt')
    expect(pinned.now.lanes[0]).toBe('resource:db-pool')
  })

  await test.step('the middle button drags the sheet, the overview draws a window', async () => {
    drives('drag-pan', 'overview')
    await page.keyboard.press('w')
    await page.mouse.move(...at(500, 300))
    const dragged = await after(app, async () => {
      await page.mouse.down({ button: 'middle' })
      await page.mouse.move(...at(400, 300), { steps: 5 })
      await page.mouse.up({ button: 'middle' })
    })
    expect(dragged.now.startNs).toBeGreaterThan(dragged.before.startNs)
    await page.keyboard.press('0')
    await app.idle()
    const strip = (await page.locator('.overview').boundingBox())!
    const brushed = await after(app, () =>
      drag([strip.x + strip.width * 0.5, strip.y + 40], [strip.x + strip.width * 0.6, strip.y + 40]),
    )
    expect(length(brushed.now)).toBeLessThan(length(brushed.before) * 0.4)
  })
})

test('a link leads to the same place', async ({ app }) => {
  drives('copy-link')
  const { page } = app
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.keyboard.press('n')
  await page.keyboard.press('.')
  await app.idle()
  const there = await viewOf(page)
  await page.keyboard.press('Control+Shift+L')
  await app.idle()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).toContain('#finding=F')
  await page.keyboard.press('0')
  await page.keyboard.press('Escape')
  await app.idle()
  await page.goto(link)
  await app.idle()
  const back = await viewOf(page)
  expect(back.finding).toBe(there.finding)
  expect(back.startNs).toBeCloseTo(there.startNs, -1)
  expect(back.endNs).toBeCloseTo(there.endNs, -1)
  expect(back.playheadNs).toBeCloseTo(there.playheadNs, -1)
})

test('a place named with the file on the command line is shown first', async ({ page, serveApp }) => {
  const { url } = await serveApp([`${incident('frozen-app')}#finding=F2`])
  await page.goto(url)
  await idle(page)
  const { finding, startNs, endNs } = await viewOf(page)
  expect(finding).toBe('F2')
  await page.keyboard.press('0')
  await idle(page)
  expect(endNs - startNs).toBeLessThan(length(await viewOf(page)))
})
