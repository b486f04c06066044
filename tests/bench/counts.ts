// What one step asks of a WebGPU device, counted by standing between the caller and the device.

export interface Counts {
  dispatches: number;
  passes: number;
  submits: number;
  /** Buffers made, and their bytes. */
  buffers: number;
  bytes: number;
  /** Writes from the host (uniforms, token ids). */
  writes: number;
}

/** Counts what `work` makes this device do. Steps that are timed are not counted. */
export async function counted(device: GPUDevice, work: () => Promise<unknown>): Promise<Counts> {
  const counts: Counts = { dispatches: 0, passes: 0, submits: 0, buffers: 0, bytes: 0, writes: 0 };
  const undo = [
    before(device, 'createBuffer', ({ size }) => {
      counts.buffers++;
      counts.bytes += size;
    }),
    before(device.queue, 'submit', () => counts.submits++),
    before(device.queue, 'writeBuffer', () => counts.writes++),
    after(device, 'createCommandEncoder', (encoder) =>
      after(encoder, 'beginComputePass', (pass) => {
        counts.passes++;
        before(pass, 'dispatchWorkgroups', () => counts.dispatches++);
        before(pass, 'dispatchWorkgroupsIndirect', () => counts.dispatches++);
      }),
    ),
  ];
  try {
    await work();
  } finally {
    for (const restore of undo) restore();
  }
  return counts;
}

type Method = (...args: never[]) => unknown;
type MethodName<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T];
type MethodOf<T, K extends keyof T> = T[K] extends Method ? T[K] : never;

/** Calls `note` with the arguments of every call of one object's method. Returns what undoes it. */
function before<T extends object, K extends MethodName<T>>(
  target: T,
  name: K,
  note: (...args: Parameters<MethodOf<T, K>>) => void,
): () => void {
  return wrapped(
    target,
    name,
    (method) =>
      function (this: T, ...args: never[]) {
        note(...(args as unknown as Parameters<MethodOf<T, K>>));
        return method.apply(this, args);
      },
  );
}

/** Calls `note` with the result of every call. Returns what undoes it. */
function after<T extends object, K extends MethodName<T>>(
  target: T,
  name: K,
  note: (result: ReturnType<MethodOf<T, K>>) => void,
): () => void {
  return wrapped(
    target,
    name,
    (method) =>
      function (this: T, ...args: never[]) {
        const result = method.apply(this, args);
        note(result as ReturnType<MethodOf<T, K>>);
        return result;
      },
  );
}

function wrapped<T extends object>(target: T, name: keyof T, wrap: (method: Method) => Method): () => void {
  Object.defineProperty(target, name, { value: wrap(target[name] as Method), configurable: true });
  return () => Reflect.deleteProperty(target, name); // the class's own method shows again
}
