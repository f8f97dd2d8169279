import type { Redactor } from '../redaction/redactor.js';
import type { RecordingHeader } from './recording.js';

/** A header without secrets: known values, credentials by the name of a header or query parameter, user info. */
export function redactHeader(header: RecordingHeader, redactor: Redactor): RecordingHeader {
  const { request, response } = header;
  return {
    schema: header.schema,
    name: redactor.url(header.name),
    url: redactor.url(header.url),
    startedAt: header.startedAt,
    subprotocol: header.subprotocol === null ? null : redactor.text(header.subprotocol),
    dialect: header.dialect === null ? null : redactor.text(header.dialect),
    request: request && { target: redactor.url(request.target), headers: redactor.headers(request.headers) },
    response: response && {
      status: response.status,
      reason: redactor.text(response.reason),
      headers: redactor.headers(response.headers),
    },
  };
}
