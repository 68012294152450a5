/** Line icons on a 16-px grid. Decoration only: words carry the meaning. */
const paths = {
  open: 'M2 4.5A1.5 1.5 0 0 1 3.5 3h2.6l1.6 1.8h4.8A1.5 1.5 0 0 1 14 6.3v5.2a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 11.5z',
  merge: 'M4 2.5v3.2c0 1.6 1 2.3 2.2 3L8 9.9M12 2.5v3.2c0 1.6-1 2.3-2.2 3L8 9.9v3.6M6 11.6l2 2 2-2',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.6 10.6 14 14',
  share: 'M8 10V2m0 0L5 5m3-3 3 3M3 9v3.5A1.5 1.5 0 0 0 4.5 14h7a1.5 1.5 0 0 0 1.5-1.5V9',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.3 9.6A5.6 5.6 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9Z',
  system: 'M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11.2v.1',
  play: 'M5 3.2v9.6l7.5-4.8z',
  pause: 'M5.2 3.5v9M10.8 3.5v9',
  next: 'M4 3.5 9.5 8 4 12.5zM12 3.5v9',
  previous: 'M12 3.5 6.5 8l5.5 4.5zM4 3.5v9',
  close: 'm4 4 8 8M12 4l-8 8',
  note: 'M3 2.5h10v7.2l-3.3 3.8H3zM13 9.7H9.7v3.8M5.5 5.5h5M5.5 8h3',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5',
  edit: 'm10.8 2.8 2.4 2.4-7.6 7.6-3 .6.6-3zM9.3 4.3l2.4 2.4',
  critical: 'M8 1.8 14.2 8 8 14.2 1.8 8zM8 5v3.5M8 10.8v.1',
  high: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  medium: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.5M8 11v.1',
  low: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3V11M8 5v.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3V11M8 5v.1',
  check: 'm3 8.5 3.2 3.2L13 5',
  left: 'M2.5 3h11v10h-11zM6 3v10',
  right: 'M2.5 3h11v10h-11zM10 3v10',
  chevron: 'm6 4 4 4-4 4',
  up: 'm4 10 4-4 4 4',
  down: 'm4 6 4 4 4-4',
  pin: 'M6 2.5h4l-.5 4 2 2h-7l2-2zM8 8.5v5',
  filter: 'M2.5 3.5h11M4.5 8h7M6.5 12.5h3',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  file: 'M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  drop: 'M8 2v7.5m0 0L5 6.6m3 2.9 3-2.9M2.5 10.5v2A1.5 1.5 0 0 0 4 14h8a1.5 1.5 0 0 0 1.5-1.5v-2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  target:
    'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM8 1v3M8 12v3M1 8h3M12 8h3',
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
