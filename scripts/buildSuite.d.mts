export declare function buildSuite(name: string, folder: string): Promise<string | null>;
