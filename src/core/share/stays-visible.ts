/** What a redacted picture, bundle or report still shows, for whoever is about to send it. */
export const STAYS_VISIBLE: readonly string[] = [
  'names of services, spans, tasks, resources and queues, without the ids and numbers in them',
  'functions, source files (without folders) and lines',
  'methods, routes, ports, sizes, status codes and error types',
  'names of attributes; their values only where those are vocabulary, counts or times',
  'times and durations',
]
