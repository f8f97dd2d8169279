const OPENING =
  /^(CONNECT|STOMP|CONNECTED|SEND|SUBSCRIBE|UNSUBSCRIBE|BEGIN|COMMIT|ABORT|ACK|NACK|DISCONNECT|MESSAGE|RECEIPT|ERROR)\r?\n([^\n:]+:[^\n]*\r?\n)*\r?\n/;

/** Whether a text begins with the head of a STOMP frame. */
export function isStompOpening(text: string): boolean {
  return OPENING.test(text);
}
