/**
 * Fields of OTLP that have no column of their own travel as attributes, by the names OpenTelemetry gives them where a
 * format has no such field (https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/). Writers of OTLP make
 * fields of them again.
 */
export const Carried = {
  traceState: 'w3c.tracestate',
  droppedAttributes: 'otel.dropped_attributes_count',
  droppedEvents: 'otel.dropped_events_count',
  droppedLinks: 'otel.dropped_links_count',
} as const
