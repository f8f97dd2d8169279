/** A transcript without what differs from run to run: times, ports, dates, bars. */
export function normalise(transcript: string): string {
  return transcript
    .split('\n')
    .map((line) =>
      line
        .replace(/[▏▎▍▌▋▊▉█▓┆╌]+/g, '')
        .replace(/\d+(?:\.\d+)? m?s\b/g, '<time>')
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
        .replace(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, '<date>')
        .replace(/(\S) {2,}/g, '$1  ')
        .trimEnd(),
    )
    .filter((line) => !/^open\b/.test(line))
    .join('\n');
}
