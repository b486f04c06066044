/** File name of SwiftShader's Vulkan driver. */
export const DRIVER: string;
export function isFile(path: string): boolean;
/** The program of an installed Chromium or one of its relatives; $CHROMIUM first. */
export function findChromium(): string | undefined;
/** The driver beside a Chromium program, if it brings one. */
export function findDriver(program: string): string | undefined;
