/** Words of OpenSSL and BoringSSL for bytes that are no TLS record: clear text came in its place. "_" and " " are the same to it. */
export const CLEAR_TEXT_IN_TLS =
  /wrong.version.number|packet.length.too.long|http.request|record.layer.failure|bad.record.type/i;
