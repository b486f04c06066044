// Detects software WebGPU adapters, which compute on the CPU; used for the choice of a device and the configuration
// of its kernels.

/** SwiftShader, Mesa's llvmpipe, lavapipe and softpipe, Microsoft's WARP and Basic Render Driver. */
const SOFTWARE = /^google\b|swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/**
 * What an adapter reports about itself. Newer browsers have isFallbackAdapter in the info, older ones on the adapter.
 */
export interface AdapterFacts {
  info: Partial<Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>> & {
    isFallbackAdapter?: boolean;
  };
  isFallbackAdapter?: boolean;
}

export function isSoftwareAdapter({ info, isFallbackAdapter }: AdapterFacts): boolean {
  if (isFallbackAdapter === true || info.isFallbackAdapter === true) return true;
  return SOFTWARE.test([info.vendor, info.architecture, info.device, info.description].join(' '));
}
