// Arguments of a kernel: a row of 32-bit slots.

// @ts-ignore: decorator
@inline
export function int(args: usize, slot: i32): i32 {
  return load<i32>(args + ((<usize>slot) << 2));
}

// @ts-ignore: decorator
@inline
export function at(args: usize, slot: i32): usize {
  return <usize>load<u32>(args + ((<usize>slot) << 2));
}

// @ts-ignore: decorator
@inline
export function real(args: usize, slot: i32): f32 {
  return load<f32>(args + ((<usize>slot) << 2));
}
