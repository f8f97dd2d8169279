export declare const JOBS: string;
export declare const CORE_ROOMS: readonly string[];
export declare const SOCKET_ROOMS: readonly string[];
