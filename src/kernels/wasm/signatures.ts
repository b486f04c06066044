// The WASM kernels: their names, numbers and arguments. This table alone defines the order of a kernel's arguments in
// memory. runtime.ts uses it to write them, and `npm run kernels` generates from it the classes with which the
// AssemblyScript side reads them (arguments.as.ts) and the call of a kernel by its number
// (wasmModule/dispatch.as.ts).
import type * as tf from '@tensorflow/tfjs-core';

/** What a caller passes for an argument of each type. In memory each is one 32-bit word. */
interface ArgumentValues {
  /** Passed as the address of its values. */
  tensor: tf.TensorInfo;
  /** The same, or 0 for undefined. */
  'tensor?': tf.TensorInfo | undefined;
  /** An address, or a number of bytes. */
  usize: number;
  i32: number;
  f32: number;
  /** Passed as 0 or 1. */
  bool: boolean;
}
export type ArgumentType = keyof ArgumentValues;

/** Names and types of 32-bit words, in their order in memory. */
export type Layout = Readonly<Record<string, ArgumentType>>;

/** What a caller passes for the words of a layout. */
export type ValuesOf<L extends Layout> = { readonly [Name in keyof L]: ArgumentValues[L[Name]] };

export interface Signature<L extends Layout = Layout> {
  /** The kernel is the function of its name in `kernels/{folder}/{folder}.as.ts`. */
  folder: string;
  args: L;
}

function kernel<const L extends Layout>(folder: string, args: L): Signature<L> {
  return { folder, args };
}

/** Dropout: the key of the mask, round(rate * 65536), and the factor for kept elements (dropout/dropout.ts). */
const DROPOUT = { key0: 'i32', key1: 'i32', threshold: 'i32', dropoutScale: 'f32' } as const;

/** Arguments shared by attention and its gradient. */
const ATTENTION = {
  heads: 'i32',
  /** Tokens per row, padding included. */
  length: 'i32',
  hidden: 'i32',
  ...DROPOUT,
  /** 1 / sqrt(head size). */
  scale: 'f32',
  onlyTokens: 'bool',
} as const;

/**
 * A kernel's number is its position in this table. It is called once for each chunk of its work; the comments define a
 * chunk, and `...PerChunk` is its size. `rows` lists the rows to compute; without it, all are computed.
 */
export const SIGNATURES = {
  /** Packs B of one or several products. Chunk: a group of panels of one of them. */
  packPanels: kernel('matMul', {
    b: 'tensor',
    /** Bytes from row to row of the stored B. */
    bStride: 'usize',
    transposeB: 'bool',
    k: 'i32',
    n: 'i32',
    packed: 'usize',
    panelsPerChunk: 'i32',
    chunksPerProduct: 'i32',
    /** Bytes from one B to the next. */
    bBytes: 'usize',
    rows: 'tensor?',
  }),
  /** C = A . B (+ bias), and gelu(C) if an output for it is given. Chunk: some rows of one of the products. */
  multiplyRows: kernel('matMul', {
    a: 'tensor',
    aStride: 'usize',
    transposeA: 'bool',
    packed: 'usize',
    bias: 'tensor?',
    c: 'tensor',
    cStride: 'usize',
    m: 'i32',
    n: 'i32',
    k: 'i32',
    rowsPerChunk: 'i32',
    chunksPerProduct: 'i32',
    /** Bytes from one A to the next, and from one C to the next. */
    aBytes: 'usize',
    cBytes: 'usize',
    gelu: 'tensor?',
    rows: 'tensor?',
  }),
  /** Chunk: some elements. */
  geluGradient: kernel('gelu', { dy: 'tensor', z: 'tensor', dz: 'tensor', size: 'i32', perChunk: 'i32' }),
  /** Chunk: some columns. */
  columnSum: kernel('columnSum', {
    x: 'tensor',
    rowCount: 'i32',
    width: 'i32',
    sums: 'tensor',
    columnsPerChunk: 'i32',
  }),
  /** y = LayerNorm(dropout(x) + residual). Chunk: some rows. */
  addNorm: kernel('addNorm', {
    x: 'tensor',
    residual: 'tensor?',
    gamma: 'tensor',
    bias: 'tensor',
    y: 'tensor',
    xhat: 'tensor',
    rstd: 'tensor',
    rowCount: 'i32',
    width: 'i32',
    epsilon: 'f32',
    ...DROPOUT,
    rowsPerChunk: 'i32',
    rows: 'tensor?',
  }),
  /** Gradients with respect to x and the residual. Chunk: some rows. */
  addNormGradient: kernel('addNorm', {
    dy: 'tensor',
    xhat: 'tensor',
    rstd: 'tensor',
    gamma: 'tensor',
    dx: 'tensor',
    dResidual: 'tensor',
    rowCount: 'i32',
    width: 'i32',
    ...DROPOUT,
    rowsPerChunk: 'i32',
  }),
  /** Gradients with respect to gamma and the bias. Chunk: some columns. */
  addNormColumns: kernel('addNorm', {
    dy: 'tensor',
    xhat: 'tensor',
    dGamma: 'tensor',
    dBias: 'tensor',
    rowCount: 'i32',
    width: 'i32',
    columnsPerChunk: 'i32',
  }),
  /** Chunk: one head of one row. */
  attention: kernel('attention', {
    q: 'tensor',
    k: 'tensor',
    v: 'tensor',
    lengths: 'tensor',
    context: 'tensor',
    probabilities: 'tensor',
    ...ATTENTION,
    places: 'tensor?',
  }),
  /** Chunk: one head of one row. */
  attentionGradient: kernel('attention', {
    dy: 'tensor',
    q: 'tensor',
    k: 'tensor',
    v: 'tensor',
    probabilities: 'tensor',
    lengths: 'tensor',
    dq: 'tensor',
    dk: 'tensor',
    dv: 'tensor',
    ...ATTENTION,
    places: 'tensor?',
  }),
  /** y = word + type + position. Chunk: some tokens. */
  embed: kernel('embed', {
    words: 'tensor',
    positions: 'tensor',
    types: 'tensor',
    wordIds: 'tensor',
    positionIds: 'tensor',
    typeIds: 'tensor',
    y: 'tensor',
    tokens: 'i32',
    width: 'i32',
    tokensPerChunk: 'i32',
  }),
  /** Fills x with 0. Chunk: some bytes. */
  zero: kernel('zeros', { x: 'tensor', bytes: 'usize', bytesPerChunk: 'usize' }),
  /** Adds row i of dy to row ids[i] of the table. Chunk: some columns. */
  scatterRows: kernel('scatterRows', {
    dy: 'tensor',
    ids: 'tensor',
    table: 'tensor',
    tokens: 'i32',
    /** Ids outside of the table are ignored. */
    tableRows: 'i32',
    width: 'i32',
    columnsPerChunk: 'i32',
  }),
  /** Chunk: some elements, a multiple of 4. */
  dropout: kernel('dropout', { x: 'tensor', y: 'tensor', size: 'i32', ...DROPOUT, perChunk: 'i32' }),
  /** Updates parameters and moments in place. Chunk: a piece. */
  adamW: kernel('adamw', {
    /** A table of AdamWPiece. */
    pieces: 'usize',
    /** Scales every gradient (clipping). */
    factor: 'tensor',
    beta1: 'f32',
    beta2: 'f32',
    /** 1 - beta1 and 1 - beta2, rounded only once. */
    oneMinusBeta1: 'f32',
    oneMinusBeta2: 'f32',
    rate: 'f32',
    epsilon: 'f32',
    decayFirst: 'bool',
  }),
  /** Sum of squares of every piece, in float64. Chunk: a piece. */
  sumSquares: kernel('adamw', {
    /** A table of SumPiece. */
    pieces: 'usize',
    /** One float64 for each piece. */
    sums: 'usize',
  }),
  /** Adds up the sums of all pieces, in order. One chunk. */
  addSums: kernel('adamw', { sums: 'usize', count: 'i32', total: 'tensor' }),
} as const;

export type KernelName = keyof typeof SIGNATURES;
export type KernelArguments<Name extends KernelName> = ValuesOf<(typeof SIGNATURES)[Name]['args']>;

/** Row layouts of the tables that kernels read. */
export const RECORDS = {
  /** A range of elements of a parameter, of its gradient and of its moments. */
  AdamWPiece: {
    p: 'usize',
    g: 'usize',
    m: 'usize',
    v: 'usize',
    count: 'i32',
    /** The factor of weight decay. */
    decayFactor: 'f32',
  },
  /** A range of elements of a tensor. */
  SumPiece: { x: 'usize', count: 'i32' },
} as const satisfies Record<string, Layout>;

export type RecordName = keyof typeof RECORDS;
export type RecordValues<Name extends RecordName> = ValuesOf<(typeof RECORDS)[Name]>;
