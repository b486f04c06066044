// The narrow strip of tfjs's backends that our own kernels touch.
import type * as tf from '@tensorflow/tfjs-core';
import { webgpu_util, type WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** A WGSL program as tfjs-backend-webgpu runs it. Sizes come in by uniforms, so one pipeline serves all shapes. */
export type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

export interface ProgramUniform {
  type: 'int32' | 'uint32' | 'float32';
  data: number[];
}

interface FlatProgramOptions {
  inputs: string[];
  elementsPerInvocation: number;
  /** Declarations of further uniforms, each followed by a comma. */
  uniforms: string;
  /** WGSL with `fn main(index : i32)`; `uniforms.size` is the number of output elements. */
  code: string;
}

/** A program whose invocations walk the output as a flat array. @param key names the code: it must change with it. */
export function flatProgram(key: string, outputShape: number[], options: FlatProgramOptions): Program {
  const workgroupSize: [number, number, number] = [64, 1, 1];
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape);
  return {
    variableNames: options.inputs,
    outputShape,
    shaderKey: key,
    workgroupSize,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize, [
      options.elementsPerInvocation,
      1,
      1,
    ]),
    uniforms: options.uniforms,
    size: true,
    getUserCode: () => options.code,
  };
}

/** Runs a program on the WebGPU backend; the output is float32. */
export function runProgram(
  backend: unknown,
  program: Program,
  inputs: tf.TensorInfo[],
  uniforms: ProgramUniform[],
): tf.TensorInfo {
  return (backend as WebGPUBackend).runWebGPUProgram(program, inputs, 'float32', uniforms);
}
