/** What a session's snapshot says where nobody of ours talks: not yet, in an opened recording, on other programs' connections. */
export const NOT_TALKING = {
  reconnect: null,
  bufferedBytes: 0,
  compressionRatio: null,
  roundTrips: null,
  heartbeat: null,
  paused: false,
  refusesPong: false,
  halfClosed: false,
  repeating: null,
  findings: [],
} as const;
