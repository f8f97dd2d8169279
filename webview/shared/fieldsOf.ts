/** The fields of a record that was kept or came from outside; null: it is none. */
export function fieldsOf(raw: unknown): Readonly<Record<string, unknown>> | null {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : null;
}
