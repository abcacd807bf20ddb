const PATHS = {
  tick: 'M3 8.5l3.2 3.2L13 4.8',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  keys: 'M1.5 4.5h13v7h-13zM4 7h.01M6.5 7h.01M9 7h.01M11.5 7h.01M5 9.5h6',
  select: 'M4 2.5l8.5 5.3-3.9 1 2.4 4-1.7 1-2.4-4L4 12.5z',
  box: 'M2.5 4h11v8h-11z',
  polygon: 'M3 5.5l6-3 4.5 5-3 6H4.5z',
  line: 'M2.5 12.5l4-7 3.5 4 3.5-6.5',
  point: 'M8 2v4M8 10v4M2 8h4M10 8h4',
  pan: 'M5 8V4.2a1 1 0 0 1 2 0V7M7 6.5V3a1 1 0 0 1 2 0v4M9 6.5V3.7a1 1 0 0 1 2 0V8M11 7.2a1 1 0 0 1 2 0V10c0 2.5-1.8 4-4.2 4C6 14 5 12.5 3.2 9.3a1 1 0 0 1 1.8-1z',
  zoom: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2M5 7h4M7 5v4',
  undo: 'M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H7',
  redo: 'M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H9',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  eyeOff: 'M2 2l12 12M6.4 4A7 7 0 0 1 8 3.8C12 3.8 14.5 8 14.5 8a13 13 0 0 1-2 2.5M4 5.3A12 12 0 0 0 1.500 8S4 12.200 8 12.200a7 7 0 0 0 2.600-.5',
  lock: 'M3.5 7h9v6.5h-9zM5.500 7V5a2.500 2.500 0 0 1 5 0v2',
  fault: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.7h.01',
  skip: 'M3.5 3.5L9 8l-5.500 4.500zM12 3.500v9',
  flag: 'M4 14V2.5h8l-1.8 2.7L12 8H4',
  paused: 'M2.500 2.500h11v11h-11zM6.500 5.500v5M9.500 5.500v5',
  away: 'M2 2l12 12M3 8a7 7 0 0 1 3-1.900M8.800 5.600A7 7 0 0 1 13 8M5.500 10.500a3.500 3.500 0 0 1 4-.5M8 13h.01',
  cross: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  find: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.300 10.300l3.200 3.200',
  up: 'M3.500 10L8 5.500l4.500 4.500',
  down: 'M3.500 6L8 10.500 12.500 6',
  relate: 'M3 12V8a5 5 0 0 1 10 0v3.500M10.500 9.500l2.500 2.500 2.500-2.500',
  trash: 'M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.6 9h5.800l.6-9',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Mark() {
  return (
    <svg viewBox="0 0 12 40" width="10.8" height="36" aria-hidden="true">
      <path d="M6 0v22" stroke="currentColor" strokeWidth="1.5" />
      <path d="M3.7 20h4.6v2.6L12 27 6 40 0 27l3.7-4.4z" fill="currentColor" />
    </svg>
  )
}
