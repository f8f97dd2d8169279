export interface Software {
  readonly id: string;
  readonly name: string;
  readonly program: string;
  readonly package: string;
  readonly module?: string;
  readonly unit?: string;
}
export declare const SOFTWARE: readonly Software[];
export declare function findProgram(software: Software): string | null;
