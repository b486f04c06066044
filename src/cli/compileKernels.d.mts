/** The compiled module. @throws Error with what the compiler says */
export function compileKernels(): Promise<Uint8Array>;
