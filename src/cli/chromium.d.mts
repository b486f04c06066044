// Types of chromium.mjs.
/** File name of SwiftShader's Vulkan driver. */
export const DRIVER: string;
export function isFile(path: string): boolean;
/** Path of an installed Chromium-based browser; $CHROMIUM takes precedence. */
export function findChromium(): string | undefined;
/** Path of the driver that comes with a Chromium program, if there is one. */
export function findDriver(program: string): string | undefined;
