export interface BundleOutput {
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}
export declare function thirdPartyNotices(outputs: Readonly<Record<string, BundleOutput>>, root: string): string;
