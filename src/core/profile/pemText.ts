/** Whether a value of `tls` is the certificate or key itself, in PEM, and not the path of a file. */
export function isPemText(value: string): boolean {
  return value.includes('-----BEGIN');
}
