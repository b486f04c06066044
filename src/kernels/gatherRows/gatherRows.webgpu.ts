// Gathering rows of a matrix as a kernel of the WebGPU backend.
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatMain, flatWorkgroups, header } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import { GATHER_ROWS } from './gatherRows.ts';

function gatherRowsCode(type: string): string {
  return `${header({ y: type }, { x: type, places: 'i32' }, 'size : u32, width : u32')}
  ${flatMain(`
    if (index >= uniforms.size) { return; }
    let width = uniforms.width;
    y[index] = x[u32(places[index / width]) * width + index % width];
  `)}`;
}

export function registerGatherRowsOnWebGpu(): void {
  registerKernel(GATHER_ROWS, 'webgpu', ({ x, places }, _, backend) => {
    const y = output(backend, [places.shape[0]!, x.shape[1]!]);
    const { type, count: width } = elementType(x.shape[1]!);
    const size = places.shape[0]! * width;
    dispatch(backend, {
      key: `semblance_gatherRows_${type}`,
      code: () => gatherRowsCode(type),
      writes: [y],
      reads: [x, places],
      uniforms: [size, width],
      workgroups: flatWorkgroups(size),
    });
    return { y };
  });
}
