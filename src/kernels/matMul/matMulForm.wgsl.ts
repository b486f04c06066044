// What a matrix product in WGSL is cut into, and the text that all of its forms share.
export type Epilogue = 'none' | 'bias' | 'gelu';

export interface MatMulForm {
  kind: 'direct' | 'shared' | 'plain';
  transposeA: boolean;
  transposeB: boolean;
  epilogue: Epilogue;
  /** Are the sums of a over k made too, by one more column of workgroups? For a transposed a, without a batch. */
  sums?: boolean;
  /** Rows of an invocation; a multiple of four. */
  rows: number;
  /** Groups of four columns of an invocation. */
  quads: number;
  /** Invocations of a workgroup along columns and rows. */
  across: number;
  down: number;
}

export function formKey(form: MatMulForm): string {
  const { kind, transposeA, transposeB, epilogue, sums, rows, quads, across, down } = form;
  const turned = `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
  return `semblance_matMul_${kind}_${turned}_${epilogue}${sums ? '_sums' : ''}_${rows}x${4 * quads}_${across}x${down}`;
}

/** Rows and columns of the result that a workgroup makes. */
export function tileOf({ rows, quads, across, down }: MatMulForm): { rows: number; columns: number } {
  return { rows: rows * down, columns: 4 * quads * across };
}

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
export const each = (n: number, line: (i: number) => string) => upTo(n).map(line).join('\n');

/** acc[i][j] += a[i] * b[j] for one k. @param a, b expressions: a scalar, and four columns */
export function multiplied(form: MatMulForm, a: (i: number) => string, b: (j: number) => string): string {
  return each(form.rows, (i) =>
    upTo(form.quads)
      .map((j) => `acc${i}_${j} += ${a(i)} * ${b(j)};`)
      .join(' '),
  );
}
